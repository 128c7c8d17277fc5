import { homedir, userInfo } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { loadInventory } from "#engine/inventory/load.ts";
import { keepsEnvironment } from "../../environment.ts";
import { problemsOf, project, removeProjects } from "../project.ts";

describe("the way to a host by ~/.ssh/config", () => {
  keepsEnvironment();
  afterEach(removeProjects);

  /** Loads one host, with the user's configuration in a home of its own. */
  const loaded = (config: string, vars: object = {}, more: Readonly<Record<string, string>> = {}) => {
    const inventory = stringify({ all: { hosts: { web: vars } } });
    const root = project({ "hosts.yaml": inventory, "home/.ssh/config": config, ...more });
    process.env.HOME = path.join(root, "home");
    return loadInventory({ file: path.join(root, "hosts.yaml"), root });
  };
  const target = (...args: Parameters<typeof loaded>) => loaded(...args).target("web");
  /** Mistakes, with the home written as ~. */
  const wrong = (...args: Parameters<typeof loaded>): string[] =>
    problemsOf(() => target(...args)).map((line) => line.replaceAll(`${homedir()}/`, "~/"));
  const hops = (...args: Parameters<typeof loaded>): string[] =>
    target(...args).jumps.map(({ user, address, port }) => `${user}@${address}:${String(port)}`);

  it("has its name, port, user and keys, and says where they are set", () => {
    const reached = target(
      "Host web\n  HostName 10.0.0.5\n  Port 2222\n  User ada\n  IdentityFile ~/.ssh/%r-%h\nHost *\n  IdentityFile ${HOME}/all\n",
    );
    expect(reached).to.deep.include({ address: "10.0.0.5", port: 2222, user: "ada" });
    expect(reached.identityFiles).to.deep.equal([`${homedir()}/.ssh/ada-10.0.0.5`, `${homedir()}/all`]);
    expect(reached.setBy?.replaceAll(homedir(), "~")).to.equal(
      "~/.ssh/config:2, ~/.ssh/config:3, ~/.ssh/config:4, ~/.ssh/config:5, ~/.ssh/config:7",
    );
  });

  it("gives roles the host's real name as its address", () => {
    expect(loaded("Host web\n  HostName 10.0.0.5\n").host("web").address).to.equal("10.0.0.5");
  });

  it("is looked up by ansible_host, as Ansible does", () => {
    expect(target("Host 10.0.0.9\n  User ada\n", { ansible_host: "10.0.0.9" }).user).to.equal("ada");
  });

  it("is overridden by the inventory", () => {
    const vars = {
      ...{ ansible_user: "bob", ansible_port: 22, ansible_ssh_private_key_file: "/key" },
      ...{
        ansible_ssh_known_hosts_file: "/known",
        ansible_host_key_checking: true,
        ansible_ssh_common_args: "-J other",
      },
    };
    const config =
      "User ada\nPort 2222\nIdentityFile /a\nUserKnownHostsFile /b\nStrictHostKeyChecking no\nHost web\nProxyJump gate\n";
    const reached = target(config, vars);
    expect(reached).to.deep.include({ user: "bob", port: 22, privateKeyFile: "/key", knownHostsFiles: ["/known"] });
    expect(reached).to.not.have.property("acceptsUnknownKeys");
    expect(hops(config, vars)).to.deep.equal(["ada@other:2222"]);
  });

  it("is not for a local connection", () => {
    expect(target("HostName 10.0.0.5\nPort 2222\n", { ansible_connection: "local" })).to.deep.include({
      address: "web",
      port: 22,
    });
  });

  it("leads through the hops of ProxyJump, each by its own lines, and through what leads to the first", () => {
    const config = `Host web\n  ProxyJump gate,ops@inner:2200
Host gate\n  HostName gate.example.org\n  User gina\n  Port 2201\n  ProxyJump outer
Host inner\n  ProxyJump nobody-uses-this
`;
    const me = userInfo().username;
    expect(hops(config)).to.deep.equal([`${me}@outer:22`, "gina@gate.example.org:2201", "ops@inner:2200"]);
    expect(hops(config, { ansible_user: "bob" })[0]).to.equal("bob@outer:22");
  });

  it("takes ProxyJump or ProxyCommand, whichever comes first; none is none", () => {
    const command = target("ProxyCommand nc '%h' %p # x\nProxyJump gate\n");
    expect(command).to.deep.include({ proxyCommand: "nc 'web' 22 # x", jumps: [] });
    expect(hops("Host !gate *\nProxyJump gate\nProxyCommand nc %h %p\n")).to.have.length(1);
    expect(hops("ProxyJump none\nProxyJump gate\n")).to.deep.equal([]);
    expect(hops("ProxyJump gate\n", { ansible_ssh_common_args: "-J none" })).to.deep.equal([]);
  });

  it("has the files of host keys, the usual one in place of a kind that is not set", () => {
    expect(target("UserKnownHostsFile ~/a /b\n").knownHostsFiles).to.deep.equal([
      `${homedir()}/a`,
      "/b",
      "/etc/ssh/ssh_known_hosts",
    ]);
    expect(target("GlobalKnownHostsFile none\nUserKnownHostsFile none\n").knownHostsFiles).to.deep.equal(["/dev/null"]);
    expect(target("HostKeyAlias real\n").hostKeyAlias).to.equal("real");
  });

  it("accepts unknown host keys only by StrictHostKeyChecking no", () => {
    for (const [word, accepts] of Object.entries({ no: true, off: true, yes: false, ask: false, "accept-new": false }))
      expect(target(`StrictHostKeyChecking ${word}\n`).acceptsUnknownKeys ?? false, word).to.equal(accepts);
  });

  it("comes from the file of -F alone, or from none", () => {
    const files = { "deploy.config": "User eve\n" };
    expect(target("User ada\n", { ansible_ssh_common_args: "-F deploy.config" }, files).user).to.equal("eve");
    expect(target("User ada\n", { ansible_ssh_common_args: "-F none" }).user).to.equal(userInfo().username);
  });

  it("tells of lines that may matter and that it ignores", () => {
    const { notices } = loaded("Match localnetwork 10.0.0.0/8\n  User ada\nHost web\n  CanonicalizeHostname yes\n");
    expect(notices.map((line) => line.replaceAll(homedir(), "~"))).to.deep.equal([
      '~/.ssh/config:1: kubeplay cannot evaluate "Match localnetwork" and ignores the lines below it',
      "~/.ssh/config:4: kubeplay does not canonicalize host names; it uses them as they are",
    ]);
  });

  const mistakes: readonly (readonly [string, string])[] = [
    ["Port ssh\n", '~/.ssh/config:1: Port is "ssh", expected an integer from 1 to 65535'],
    ["\nUser\n", "~/.ssh/config:2: User: it has no value"],
    ['User "ada\n', "~/.ssh/config:1: User: a quote is not closed"],
    ["User a#b\n", "~/.ssh/config:1: User: a # within a word is not supported; write the word in double quotes"],
    ["Host\n", "~/.ssh/config:1: Host: it has no value"],
    ["Match host\n", "~/.ssh/config:1: Match: Missing value for match criteria host"],
    ["ProxyJump a b/c\n", '~/.ssh/config:1: ProxyJump: "a b/c" is not a jump host, expected user@host:port'],
    [
      "ProxyJump gate\n",
      '~/.ssh/config:1: ProxyJump: the way to gate leads through itself; exclude it with "Host * !gate"',
    ],
    [
      "StrictHostKeyChecking perhaps\n",
      '~/.ssh/config:1: StrictHostKeyChecking is "perhaps", expected yes, no, ask or accept-new',
    ],
    [
      "IdentityFile ~/%C\n",
      '~/.ssh/config:1: identityfile: kubeplay cannot replace "%C", only %% %d %h %i %k %L %l %n %p %r %u',
    ],
    ["IdentityFile ${NO_SUCH}/k\n", '~/.ssh/config:1: identityfile: the environment has no variable "NO_SUCH"'],
    ["Include config\n", "~/.ssh/config:1: Include: files include each other without end"],
  ];
  for (const [config, message] of mistakes)
    it(`is an error with the line ${JSON.stringify(config)}`, () => {
      expect(wrong(config)).to.deep.equal([message]);
    });
});
