import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { connect } from "#engine/connection/connect.ts";
import type { BecomeMethodName } from "#engine/connection/become.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { on, target } from "./lab/host.ts";

/** Connections to a real sshd and a real sudo, and the errors if they are refused. */
describe("a connection", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const open: Writer[] = [];
  const reach = async (change: Partial<Target> = {}): Promise<Writer> => {
    const { become, ...plain } = target;
    const writer = await connect({ ...plain, ...(become && { become }), ...change });
    open.push(writer);
    return writer;
  };
  const refusal = async (change: Partial<Target>): Promise<Error> => {
    try {
      await (await reach(change)).run("true");
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error("it was let in");
  };
  /** A user who may become root with a password only. */
  const password = "right horse";
  const ada = { user: "ada", becomes: { password } };

  before(async () => {
    await on(
      "useradd --create-home --shell /bin/sh ada && echo 'ada:right horse' | chpasswd && adduser --quiet ada sudo",
    );
    await on("install -d -o ada -m 700 ~ada/.ssh && install -o ada -m 600 /var/lib/lab/authorized_keys ~ada/.ssh/");
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((writer) => writer.close()));
  });

  describe("is refused", () => {
    const knownHosts = (text: string): string[] => {
      const file = path.join(folder, "known_hosts");
      writeFileSync(file, text);
      return [file];
    };
    const known = () => readFileSync(target.knownHostsFiles[0] ?? "", "utf8");

    it("with a key that the host does not accept, naming the key", async () => {
      const file = path.join(folder, "other");
      await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
      const error = await refusal({ privateKeyFile: file });
      expect(error.name).to.equal("UnreachableError");
      expect(error.message).to.include(`spec-1 (kubeplay@10.188.0.11:22) refuses the login of kubeplay with ${file}`);
    });

    it("if the host's key has changed, with both fingerprints", async () => {
      const other = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
      const error = await refusal({ knownHostsFiles: knownHosts(`10.188.0.11 ssh-ed25519 ${other}\n`) });
      expect(error.message).to.match(
        /host key of 10\.188\.0\.11 has changed: .*known_hosts:1 expects SHA256:.*shows SHA256:/,
      );
      expect(error.message).to.include("ssh-keygen -R 10.188.0.11");
    });

    it("if the host is unknown, with the command that makes it known", async () => {
      expect((await refusal({ knownHostsFiles: knownHosts("") })).message).to.include(
        "is not known: its fingerprint is SHA256:",
      );
    });

    it("if the host's key is revoked, even if it is also known", async () => {
      const error = await refusal({ knownHostsFiles: knownHosts(`${known()}@revoked ${known()}`) });
      expect(error.message).to.include("is revoked (").and.include("known_hosts:2)");
    });

    it("if no sshd listens, with address and port", async () => {
      const error = await refusal({ port: 2222 });
      expect(error.message).to.include("10.188.0.11:2222) refuses connections: does sshd listen on port 2222?");
    });

    it("within the timeout if packets are dropped", async () => {
      const error = await refusal({ address: "10.188.0.99", connectTimeout: 1 });
      expect(error.message).to.match(/did not answer within 1 s|EHOSTUNREACH/);
    });

    it("if sudo requires a password and there is none", async () => {
      const error = await refusal({ ...ada, become: { user: "root" } });
      expect(error.name).to.equal("TaskError");
      expect(error.message).to.include("cannot become root on spec-1: sudo requires a password");
      expect(error.message).to.include("ansible_become_password");
    });

    it("if the sudo password is wrong, without showing it", async () => {
      const error = await refusal({ ...ada, become: { user: "root", password: "wrong horse" } });
      expect(error.message).to.equal(
        "cannot become root on spec-1: sudo does not accept the password (ansible_become_password)",
      );
    });
  });

  it("becomes root with the right password", async () => {
    const writer = await reach({ ...ada, become: { user: "root", password } });
    expect((await writer.run("id -un")).stdout).to.equal("root\n");
    await writer.upload({ content: { bytes: Buffer.from("x") }, to: "/srv/by-ada", mode: 0o600 });
    expect((await writer.run("stat -c %U:%a /srv/by-ada")).stdout).to.equal("root:600\n");
  });

  describe("becomes another user by", () => {
    const runs = async (method: BecomeMethodName, user: string, given: string | undefined): Promise<string> => {
      const become = { user, method, ...(given !== undefined && { password: given }) };
      const writer = await reach({ user: "ada", become });
      await writer.upload({ content: { bytes: Buffer.from("x") }, to: `/var/tmp/by-${method}`, mode: 0o600 });
      const { stdout } = await writer.run(`id -un; echo "$LC_ALL"; stat -c %U /var/tmp/by-${method}`);
      return stdout;
    };
    const fails = async (method: BecomeMethodName, user: string, given?: string): Promise<string> =>
      (await refusal({ user: "ada", become: { user, method, ...(given !== undefined && { password: given }) } }))
        .message;
    before(async function () {
      this.timeout(600_000);
      await on(
        "useradd --shell /usr/sbin/nologin noa; useradd --shell /bin/bash lea; printf 'noa:staple\\nlea:staple\\n' | chpasswd\n" +
          "export DEBIAN_FRONTEND=noninteractive; apt-get update -qq\n" +
          "apt-get install -qq -y opendoas >/dev/null 2>&1",
      );
    });

    it("su, with that user's password, if the user has an ordinary shell", async () => {
      expect(await runs("su", "lea", "staple")).to.equal("lea\nC.UTF-8\nlea\n");
      expect(await fails("su", "lea", "wrong")).to.equal(
        "cannot become lea on spec-1: su does not accept the password (ansible_become_password): it is that of the user to become",
      );
      expect(await fails("su", "lea")).to.include("su requires a password: set ansible_become_password");
      expect(await fails("su", "noa", "staple")).to.include("/etc/shells does not have /usr/sbin/nologin");
    });

    it("doas, if it asks for no password", async () => {
      expect(await fails("doas", "root")).to.match(/doas(: doas)? is not (enabled|installed)|doas: /);
      await on("echo 'permit nopass ada as root' > /etc/doas.conf; chmod 600 /etc/doas.conf");
      expect(await runs("doas", "root", undefined)).to.match(/^root\n/);
      expect(await fails("doas", "noa")).to.include("permit this user in doas.conf");
      await on("echo 'permit ada as root' > /etc/doas.conf");
      expect(await fails("doas", "root")).to.include("allow nopass for this user in doas.conf");
    });
  });

  it("can go through another host", async () => {
    const writer = await reach({
      jumps: [{ user: "kubeplay", address: "10.188.0.11", port: 22 }],
      address: "127.0.0.1",
      hostKeyChecking: false,
    });
    expect((await writer.run("hostname")).stdout).to.equal("spec-1\n");
  });

  it("works even if the agent in the environment is gone", async () => {
    const before = process.env.SSH_AUTH_SOCK;
    process.env.SSH_AUTH_SOCK = path.join(folder, "no-agent");
    try {
      expect((await (await reach()).run("echo in")).stdout).to.equal("in\n");
    } finally {
      if (before === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = before;
    }
  });
});

const run = (command: string, ...args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(command, args, { stdio: "ignore" });
    child
      .once("error", reject)
      .once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed`))));
  });
