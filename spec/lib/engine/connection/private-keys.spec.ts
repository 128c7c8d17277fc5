import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import ssh2, { type ParsedKey } from "ssh2";
import { askPassphrases } from "#engine/cli/play/ask-passphrases.ts";
import { lockedKeys } from "#engine/connection/private-keys.ts";
import { connectSsh } from "#engine/connection/ssh.ts";
import type { Target } from "#engine/connection/types.ts";
import { Mask } from "#engine/runner/index.ts";
import { keepsEnvironment } from "../environment.ts";
import { temporaryFolder } from "../temporary.ts";
import { sshd, withShells, type Sshd } from "./sshd.ts";

const passphrase = "a phrase of specs";

describe("a login with an encrypted private key", function () {
  // Its decryption is meant to take long.
  this.timeout(600_000);
  keepsEnvironment();
  const folder = temporaryFolder();
  let server: Sshd;
  let file: string;
  let logins = 0;

  before(async () => {
    delete process.env.SSH_AUTH_SOCK;
    server = await sshd((client) => {
      client.on("authentication", (context) => {
        if (context.method !== "publickey") {
          context.reject(["publickey"]);
          return;
        }
        const trusted = ssh2.utils.parseKey(readFileSync(`${file}.pub`)) as ParsedKey;
        const { signature, blob, hashAlgo } = context;
        const isSigned = !signature || !blob || trusted.verify(blob, signature, hashAlgo);
        if (!trusted.getPublicSSH().equals(context.key.data) || !isSigned) {
          context.reject(["publickey"]);
          return;
        }
        if (signature) logins++;
        context.accept();
      });
      withShells(client);
    });
  });
  beforeEach(() => {
    file = path.join(folder, `key-${String(Math.random()).slice(2)}`);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-f", file]);
    logins = 0;
  });
  afterEach(() => rmSync(file, { force: true }));
  after(() => server.close());

  const target = (change: Partial<Target> = {}): Target => {
    const { password, ...rest } = server.target({ privateKeyFile: file, ...change });
    expect(password).to.equal("right horse");
    return rest;
  };
  const login = async (to: Target): Promise<string> => {
    const writer = await connectSsh(to);
    const { stdout } = await writer.run("echo in");
    await writer.close();
    return stdout;
  };
  const refusal = (to: Target): Promise<string> =>
    login(to).then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  it("decrypts it by the passphrase of the inventory", async () => {
    expect(await login(target({ privateKeyPassphrase: passphrase }))).to.equal("in\n");
    expect(logins).to.equal(1);
  });

  it("says where the passphrase is wrong, without it", async () => {
    const message = await refusal(target({ privateKeyPassphrase: "another phrase" }));
    expect(message).to.include(`${file} cannot be decrypted`).and.include("ansible_ssh_private_key_passphrase");
    expect(message).to.not.include("another phrase");
  });

  it("asks for it once for all hosts, again if it was wrong, and covers the answers", async () => {
    const answers = ["wrong phrase", passphrase];
    const prompts: string[] = [];
    const mask = new Mask();
    const ask = (prompt: string): Promise<string> => {
      prompts.push(prompt);
      return Promise.resolve(answers[prompts.length - 1] ?? "");
    };
    const hosts = ["node-1", "node-2"].map((name) => target({ name }));
    await askPassphrases(hosts, mask, ask, true);
    await askPassphrases(hosts, mask, ask, true);
    expect(prompts).to.deep.equal([`Passphrase of ${file}: `, `Passphrase of ${file}: `]);
    for (const host of hosts) expect(await login(host)).to.equal("in\n");
    for (const answer of answers) expect(mask.cover(`it is ${answer}.`)).to.not.include(answer);
  });

  it("gives up after three wrong passphrases", async () => {
    const asked = askPassphrases([target()], new Mask(), () => Promise.resolve("wrong"), true);
    expect(await asked.catch((error: unknown) => String(error))).to.include("none of the 3 passphrases is right");
  });

  it("asks nobody without a terminal, and the error says what to do", async () => {
    await askPassphrases([target()], new Mask(), () => Promise.reject(new Error("asked")), false);
    const message = await refusal(target());
    expect(message)
      .to.include(`${file} is encrypted`)
      .and.include("use a terminal")
      .and.include("ansible_ssh_private_key_passphrase")
      .and.include("ssh-agent");
  });

  it("asks for no key of a host that has a password, of a local host, or with an agent", () => {
    const identityFiles = [file];
    const { privateKeyFile, ...unnamed } = target({ identityFiles });
    expect(privateKeyFile).to.equal(file);
    expect(lockedKeys([unnamed])).to.deep.equal([file]);
    expect(lockedKeys([{ ...unnamed, password: "right horse" }])).to.deep.equal([]);
    expect(lockedKeys([{ ...target(), connection: "local" }])).to.deep.equal([]);
    process.env.SSH_AUTH_SOCK = "/none";
    expect(lockedKeys([target()])).to.deep.equal([]);
    delete process.env.SSH_AUTH_SOCK;
  });
});
