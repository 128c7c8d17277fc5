import { homedir, userInfo } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { loadInventory } from "#engine/inventory/load.ts";
import { problemsOf, project, removeProjects } from "./project.ts";

afterEach(removeProjects);

const loaded = (variables: object, options: { extraVars?: string[]; defaults?: Record<string, unknown> } = {}) => {
  const root = project({ "hosts.yaml": stringify({ all: { hosts: { h: variables } } }) });
  return { root, inventory: loadInventory({ file: path.join(root, "hosts.yaml"), root, ...options }) };
};
const target = (variables: object, options = {}) => loaded(variables, options).inventory.target("h");

describe("the connection target of a host", () => {
  it("is SSH to its name, with strict host keys, as the controller's user, by default", () => {
    expect(target({})).to.deep.equal({
      name: "h",
      connection: "ssh",
      address: "h",
      port: 22,
      user: userInfo().username,
      jumps: [],
      knownHostsFiles: [],
      hostKeyChecking: true,
      connectTimeout: 10,
      retryTimeout: 30,
      reconnectTimeout: 600,
      timeout: 600,
    });
  });

  it("follows its variables, with files relative to the project", () => {
    const { root, inventory } = loaded({
      ansible_host: "10.0.0.1",
      ansible_port: 2222,
      ansible_user: "debian",
      ansible_ssh_private_key_file: ".kubeplay/key",
      ansible_password: "p1",
      ansible_become: true,
      ansible_become_user: "kube",
      ansible_become_password: "p2",
      ansible_ssh_known_hosts_file: ["known", "~/known", "/etc/known"],
      ansible_host_key_checking: false,
      ansible_ssh_timeout: 3,
      ssh_retry_timeout: 4,
      reconnect_timeout: 5,
    });
    expect(inventory.target("h")).to.deep.equal({
      name: "h",
      connection: "ssh",
      address: "10.0.0.1",
      port: 2222,
      user: "debian",
      privateKeyFile: path.join(root, ".kubeplay/key"),
      password: "p1",
      jumps: [],
      knownHostsFiles: [path.join(root, "known"), path.join(homedir(), "known"), "/etc/known"],
      hostKeyChecking: false,
      connectTimeout: 3,
      retryTimeout: 4,
      reconnectTimeout: 5,
      timeout: 600,
      become: { user: "kube", password: "p2" },
      becomes: { password: "p2" },
    });
  });

  it("accepts Ansible's other names for the passwords", () => {
    const reached = target({ ansible_ssh_pass: "p1", ansible_become: true, ansible_become_pass: "p2" });
    expect(reached).to.deep.include({ password: "p1", become: { user: "root", password: "p2" } });
  });

  it("accepts one known_hosts file, and uses the command line's defaults for variables that are not set", () => {
    const defaults = { ansible_user: "ops", ansible_become: true };
    const options = { extraVars: ["ansible_port=2200", "ansible_ssh_known_hosts_file=/k"], defaults };
    const reached = target({ ansible_user: "debian" }, options);
    expect(reached).to.deep.include({ user: "debian", port: 2200, knownHostsFiles: ["/k"], become: { user: "root" } });
  });

  const jumps: readonly (readonly [string, readonly string[]])[] = [
    ["-J bastion", ["ada@bastion:22"]],
    ["-Jops@bastion:2222", ["ops@bastion:2222"]],
    ["-J one,ops@two", ["ada@one:22", "ops@two:22"]],
    ["-o ProxyJump=bastion", ["ada@bastion:22"]],
    ["-oProxyJump=bastion", ["ada@bastion:22"]],
    ["-o 'ProxyJump one,two'", ["ada@one:22", "ada@two:22"]],
    ["-J none", []],
    ["", []],
  ];
  for (const [args, expected] of jumps)
    it(`has the jump hosts ${expected.join(", ") || "none"} with ansible_ssh_common_args "${args}"`, () => {
      const { jumps } = target({ ansible_ssh_common_args: args, ansible_user: "ada" });
      expect(jumps.map(({ user, address, port }) => `${user}@${address}:${String(port)}`)).to.deep.equal(expected);
    });

  const supported = "only -J host, -o ProxyJump=host and -F file are; write other options into ~/.ssh/config";
  const wrong: readonly (readonly [string, readonly string[]])[] = [
    [
      "-o StrictHostKeyChecking=no",
      [`ansible_ssh_common_args: "-o StrictHostKeyChecking=no" is not supported, ${supported}`],
    ],
    ["-C", [`ansible_ssh_common_args: "-C" is not supported, ${supported}`]],
    ["-J", [`ansible_ssh_common_args: "-J" is not supported, ${supported}`]],
    ["-J a -J b", ["ansible_ssh_common_args: there is more than one jump; combine them as -J first,second"]],
    ["-J 'a b'", ['ansible_ssh_common_args: "a b" is not a jump host, expected user@host:port']],
    ["-J 'a", ["ansible_ssh_common_args: a ' is not closed"]],
  ];
  for (const [args, expected] of wrong)
    it(`is an error with ansible_ssh_common_args "${args}"`, () => {
      expect(problemsOf(() => target({ ansible_ssh_common_args: args }))).to.deep.equal(
        expected.map((said) => `hosts.yaml:4:7: ${said}`),
      );
    });
});
