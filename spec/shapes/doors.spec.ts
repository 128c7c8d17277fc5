import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { knownName } from "#engine/connection/known-hosts.ts";
import { prepared } from "../engine/every-task.ts";
import { kubeplay } from "../engine/ansible.ts";
import { clear } from "../lib/engine/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keeps, keepsEverything, projectOf, type Project } from "./project.ts";

const ping = "spec/shapes/ping.ts";
const keysOf = (name: string): string => readFileSync(target(name).knownHostsFiles[0] ?? "", "utf8");
/** The host's own line of known_hosts, with another name. */
const keyAs = (name: string, as: string): string => {
  const line = keysOf(name)
    .split("\n")
    .find((text) => text.startsWith(`${target(name).address} `));
  return `${as} ${line?.slice(line.indexOf(" ") + 1) ?? ""}\n`;
};
const knownIn = ({ root }: Project, ...lines: readonly string[]): void =>
  writeFileSync(path.join(root, "known_hosts"), lines.join(""));

/** Connections other than the lab's own: each host can be reached only as its inventory says. */
describe("a connection", () => {
  after(clear);

  describe("as a user with a sudo password, at another port, to a host without Python", () => {
    const host = target("shape-door");
    const port = 2222;
    const way = { ansible_user: "ada", ansible_port: port, ansible_ssh_known_hosts_file: "known_hosts" };
    const projectWith = (vars: Readonly<Record<string, unknown>>): Project => {
      const project = projectOf(host, { ...way, ...vars });
      knownIn(project, keyAs(host.name, knownName(host.address, port)));
      return project;
    };

    before(async () => {
      await on(
        host.name,
        `${prepared}
useradd --create-home --shell /bin/sh ada && echo 'ada:right horse' | chpasswd && adduser --quiet ada sudo
useradd --create-home --shell /bin/sh bob && echo 'bob:staple' | chpasswd
rm /etc/sudoers.d/kubeplay; echo 'Port ${String(port)}' > /etc/ssh/sshd_config.d/port.conf; systemctl restart ssh`,
      );
    });

    it("applies every resource, with the password in an encrypted file", async () => {
      expect(await on(host.name, "command -v python python3 || echo none")).to.equal("none");
      const project = projectWith({ ansible_become_password: "{{ vaulted }}" });
      writeFileSync(path.join(project.root, "password"), "of the vault\n");
      const vaulted = await kubeplay(["vault", "encrypt_string", "right horse", "--vault-password-file", "password"], {
        cwd: project.root,
      });
      expect(vaulted.code, vaulted.stderr).to.equal(0);
      const file = path.join(project.root, "hosts.yaml");
      writeFileSync(file, inYaml(readFileSync(file, "utf8"), vaulted.stdout));
      await keepsEverything(project, "--vault-password-file", "password");
    });

    const refusals: readonly [string, object, number, string][] = [
      [
        "a wrong password",
        { ansible_become_password: "wrong horse" },
        2,
        "cannot become root on shape-door: sudo does not accept the password (ansible_become_password)",
      ],
      ["no password", {}, 2, "cannot become root on shape-door: sudo requires a password: set ansible_become_password"],
      [
        "a user without rights",
        { ansible_user: "bob", ansible_become_password: "staple" },
        2,
        "cannot become root on shape-door: bob is not in the sudoers file. Give the user rights in sudoers",
      ],
      [
        "another port",
        { ansible_port: 22, ansible_become_password: "right horse" },
        4,
        "shape-door (ada@10.193.0.11:22) refuses connections: does sshd listen on port 22?",
      ],
    ];
    for (const [what, vars, code, message] of refusals)
      it(`is refused with ${what}, with a helpful error`, async () => {
        const ended = await projectWith({ ...vars }).play(ping);
        expect(ended.output, ended.output).to.include(message).and.not.include("horse").and.not.include("staple");
        expect(ended.code, ended.output).to.equal(code);
      });
  });

  describe("through a bastion", () => {
    const host = target("shape-behind");
    const bastion = target("shape-bastion");
    const jump = `${bastion.user}@${bastion.address}`;
    const through = (hop: string, ...known: readonly string[]): Project => {
      const project = projectOf(host, {
        ansible_ssh_common_args: `-o ProxyJump=${hop}`,
        ansible_ssh_known_hosts_file: "known_hosts",
        ansible_ssh_timeout: 3,
      });
      knownIn(project, ...known);
      return project;
    };
    const hostKey = (): string => keyAs(host.name, host.address);
    const bastionKey = (): string => keyAs(bastion.name, bastion.address);

    before(async () => {
      const controller = (await on(host.name, "ip -4 route show default")).split(" ")[2] ?? "";
      await on(host.name, prepared);
      await on(bastion.name, "echo 'Port 22\nPort 2200' > /etc/ssh/sshd_config.d/port.conf; systemctl restart ssh");
      // From now on, only hosts of its own network get answers from it.
      await on(host.name, `ip route add blackhole ${controller}/32`);
    });

    it("applies every resource, and checks the keys of both hosts", async () => {
      await keepsEverything(through(`${jump}:2200`, hostKey(), keyAs(bastion.name, `[${bastion.address}]:2200`)));
    });

    it("makes changes by ssh's configuration, with ProxyJump or ProxyCommand", async () => {
      await on(host.name, "rm -rf /var/tmp/few-* /usr/local/bin/few");
      const { user, privateKeyFile = "" } = host;
      const files = (known: string): string => `IdentityFile ${privateKeyFile}\nUserKnownHostsFile ${known}\n`;
      const ways = {
        jump: `Host gate\nHostName ${bastion.address}\nPort 2200\nUser ${user}\nHost ${host.name}\nProxyJump gate\n`,
        command: `Host ${host.name}\nProxyCommand ssh -F none -i ${privateKeyFile} -o UserKnownHostsFile=known_hosts -W %h:%p ${jump}\n`,
      };
      for (const [name, way] of Object.entries(ways)) {
        const project = projectOf(host);
        knownIn(project, hostKey(), bastionKey(), keyAs(bastion.name, `[${bastion.address}]:2200`));
        const vars = { ansible_become: true, ansible_ssh_common_args: "-F ssh.config" };
        writeFileSync(path.join(project.root, "hosts.yaml"), JSON.stringify({ all: { hosts: { [host.name]: vars } } }));
        const own = `Host ${host.name}\nHostName ${host.address}\nUser ${user}\nHost *\n`;
        writeFileSync(path.join(project.root, "ssh.config"), way + own + files(path.join(project.root, "known_hosts")));
        await (name === "jump"
          ? keeps(project, { playbook: "spec/shapes/few.ts", changes: 3 })
          : project.play(ping).then(({ code, output }) => expect(code, output).to.equal(0)));
      }
    });

    const refusals: readonly [string, () => Project, string][] = [
      ["without the bastion", () => projectOf(host, { ansible_ssh_timeout: 2 }), "did not answer within 2 s"],
      [
        "if the bastion is unknown",
        () => through(jump, hostKey()),
        `the host key of ${bastion.address}, through which shape-behind is reached, is not known: its fingerprint is SHA256:`,
      ],
      [
        "if the host behind it is unknown",
        () => through(jump, bastionKey()),
        `then: ssh -p 22 ${jump} ssh-keyscan -p 22 ${host.address} >>`,
      ],
      [
        "if the bastion is down",
        () => through("10.193.0.99", hostKey(), bastionKey()),
        "the bastion kubeplay@10.193.0.99:22 of shape-behind",
      ],
      [
        "if no sshd listens on the bastion's port",
        () => through(`${jump}:2201`, hostKey(), bastionKey()),
        `the bastion ${jump}:2201 of shape-behind refuses connections: does sshd listen on port 2201?`,
      ],
      [
        "if the bastion rejects the user",
        () => through(`eve@${bastion.address}`, hostKey(), bastionKey()),
        `the bastion eve@${bastion.address}:22 of shape-behind refuses the login of eve with`,
      ],
    ];
    for (const [what, project, message] of refusals)
      it(`fails ${what}, with the reason`, async () => {
        const ended = await project().play(ping);
        expect(ended.output, ended.output).to.include(message);
        expect(ended.code, ended.output).to.equal(4);
      });

    it("fails within the timeout if the host does not answer the bastion", async () => {
      const project = projectOf(
        { ...host, address: "10.193.0.98" },
        {
          ansible_ssh_common_args: `-J ${jump}`,
          ansible_ssh_timeout: 2,
        },
      );
      const ended = await project.play(ping);
      expect(ended.output).to.match(
        new RegExp(
          `shape-behind \\(kubeplay@10\\.193\\.0\\.98:22, through ${jump}:22\\) (did not answer|cannot be reached)`,
        ),
      );
      expect(ended.code, ended.output).to.equal(4);
    });

    it("fails if the bastion forwards nothing", async () => {
      await on(
        bastion.name,
        "echo 'AllowTcpForwarding no' > /etc/ssh/sshd_config.d/forward.conf; systemctl restart ssh",
      );
      const ended = await through(jump, hostKey(), bastionKey()).play(ping);
      expect(ended.output, ended.output).to.include(
        `sshd on ${bastion.address} forbids forwarding (AllowTcpForwarding)`,
      );
      await on(bastion.name, "rm /etc/ssh/sshd_config.d/forward.conf; systemctl restart ssh");
    });
  });
});

/** The inventory with an encrypted value in place of its mark, as a user pastes it. */
function inYaml(json: string, encrypted: string): string {
  const { all } = JSON.parse(json) as { all: { hosts: Record<string, Record<string, unknown>> } };
  const hosts = Object.entries(all.hosts).map(([name, vars]) =>
    [`    ${name}:`, ...Object.entries(vars).map(([key, value]) => `      ${key}: ${JSON.stringify(value)}`)].join(
      "\n",
    ),
  );
  const indented = encrypted.trim().split("\n").join("\n        ").trim();
  return `all:\n  hosts:\n${hosts.join("\n")}\n`.replace('"{{ vaulted }}"', indented);
}
