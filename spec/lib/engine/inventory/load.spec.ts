import path from "node:path";
import { expect } from "chai";
import { at } from "#engine/errors.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { problemsOf, project, removeProjects } from "./project.ts";

const load = (files: Readonly<Record<string, string>>, extraVars: readonly string[] = []) => {
  const root = project(files);
  return loadInventory({ file: path.join(root, "hosts.yaml"), root, extraVars });
};
const inventory = (hosts: string, extraVars: readonly string[] = []) => load({ "hosts.yaml": hosts }, extraVars);
const problems = (hosts: string, extraVars: readonly string[] = []): string[] =>
  problemsOf(() => inventory(hosts, extraVars));

const cluster = `
all:
  children:
    masters:
      hosts:
        master-[1:3]:
    nodes:
      hosts:
        node-[01:02]:
          kubelet_max_pods: 50
      vars:
        role: worker
    cluster:
      children:
        masters:
        nodes:
admin:
  hosts:
    desk:
`;

afterEach(removeProjects);

describe("an inventory", () => {
  it("has groups, children, ranges and hosts in the order of the file", () => {
    const loaded = inventory(cluster);
    const names = (group: string) => loaded.group(group).map(({ name }) => name);
    expect(names("cluster")).to.deep.equal(["master-1", "master-2", "master-3", "node-01", "node-02"]);
    expect(names("all")).to.deep.equal([...names("cluster"), "desk"]);
    expect(names("ungrouped")).to.deep.equal([]);
    expect(loaded.host("node-01").groups).to.deep.equal(["cluster", "nodes"]);
    expect(loaded.hasGroup("admin")).to.equal(true);
    expect(loaded.hasGroup("etcd")).to.equal(false);
  });

  it("puts hosts that are in no group but all into ungrouped", () => {
    expect(
      inventory("all: {hosts: {a: , b: }, children: {g: {hosts: {b: }}}}")
        .group("ungrouped")
        .map(({ name }) => name),
    ).to.deep.equal(["a"]);
  });

  it("suggests the nearest name for an unknown host or group", () => {
    const loaded = inventory(cluster);
    expect(problemsOf(() => loaded.host("master-4"))).to.deep.equal([
      'there is no host "master-4"; did you mean "master-1"?',
    ]);
    expect(problemsOf(() => loaded.group("master"))).to.deep.equal([
      'there is no group "master"; did you mean "masters"?',
    ]);
    expect(problemsOf(() => loaded.assignments("x"))).to.deep.equal(['there is no host "x"']);
  });

  it("has the place and layer of each assignment, and the places of the parts of a value", () => {
    const [assignment] = load({
      "hosts.yaml": "all: {hosts: {a: }}",
      "group_vars/all.yaml": "# mirrors\nmirrors:\n  - host: b\n  - host: c\n    port: 1\n",
    }).assignments("a");
    expect(assignment?.from).to.equal("group_vars/all.yaml");
    expect(assignment && at(assignment.where)).to.equal("group_vars/all.yaml:2:1");
    expect(at(assignment?.locate?.(["0".length]) ?? { file: "" })).to.equal("group_vars/all.yaml:4:5");
    expect(at(assignment?.locate?.([1, "port"]) ?? { file: "" })).to.equal("group_vars/all.yaml:5:5");
    expect(at(assignment?.locate?.([1, "none", 3]) ?? { file: "" })).to.equal("group_vars/all.yaml:4:5");
  });

  it("rejects names that YAML reads as something else, with their places", () => {
    expect(problems("all:\n  children:\n    no: {hosts: {a: }}\n    on: {hosts: {a: }}\n")).to.deep.equal([
      'hosts.yaml:3:5: YAML: a name must be a text, and no is read as false: put it in quotes, as in "no"',
      'hosts.yaml:4:5: YAML: a name must be a text, and on is read as true: put it in quotes, as in "on"',
    ]);
    const of = (name: string) => problems(`all: {hosts: {${name}: {}}}`);
    expect(of("010")[0]).to.equal(
      'hosts.yaml:1:15: YAML: a name must be a text, and 010 is read as 8: put it in quotes, as in "010"',
    );
    expect(of("1.10")[0]).to.include("1.10 is read as 1.1");
    expect(of("1.1")[0]).to.include("1.1 is read as 1.1");
    expect(of("0x1F")[0]).to.include("0x1F is read as 31");
    expect(of("1_000")[0]).to.include("1_000 is read as 1000");
    expect(of("~")[0]).to.include("~ is read as null");
    expect(of("")[0]).to.include("this one is empty");
    expect(problems("all: {hosts: {a: {x: {yes: 1}}}}")[0], "also within a value").to.include("yes is read as true");
    expect(problems("all: {hosts: {a: }}", ["{x: {off: 1}}"])[0], "also on the command line").to.include(
      "--extra-vars:1",
    );
  });

  it("keeps numbers as names, in the order of the file", () => {
    const loaded = inventory('all: {children: {b: {hosts: {"20": , a: , 10: , "010": }}, 7: {hosts: {"1.10": }}}}');
    expect(loaded.group("b").map(({ name }) => name)).to.deep.equal(["20", "a", "10", "010"]);
    expect(loaded.hosts.map(({ name }) => name)).to.deep.equal(["20", "a", "10", "010", "1.10"]);
  });

  it("rejects integers that would be rounded, and does not show them", () => {
    const message = "YAML: an integer beyond ±9007199254740991 would be rounded: put it in quotes if it is a text";
    expect(problems("all:\n  vars: {x: 12345678901234567890}\n  hosts: {a: }")).to.deep.equal([
      `hosts.yaml:2:13: ${message}`,
    ]);
    expect(problems("all: {hosts: {a: }}", ["{x: [1, -9007199254740993]}"])).to.deep.equal([
      `--extra-vars:1:9: ${message}`,
    ]);
    expect(problems("all: {hosts: {a: }, vars: {x: 9007199254740991, y: '12345678901234567890'}}")).to.deep.equal([]);
  });

  it("reads YAML as Ansible does: yes is true, 0644 is octal; but a time stays text", () => {
    const values = inventory("all: {hosts: {a: {b: yes, c: 0644, d: 12:30, e: 2026-01-02, f: 'yes'}}}").assignments(
      "a",
    );
    expect(values.map(({ value }) => value)).to.deep.equal([true, 0o644, "12:30", "2026-01-02", "yes"]);
  });

  it("is addressed by node_address, else ansible_host, else its name", () => {
    const loaded = inventory(
      "all: {hosts: {a: , b: {ansible_host: 10.0.0.1}, c: {ansible_host: 10.0.0.2, node_address: 10.1.0.2}}}",
    );
    expect(loaded.hosts.map(({ address }) => address)).to.deep.equal(["a", "10.0.0.1", "10.1.0.2"]);
  });

  it("has an implicit localhost outside of all", () => {
    const loaded = load(
      {
        "hosts.yaml": "all: {vars: {a: 1, ansible_become: true}, hosts: {h: {b: 2}}}",
        "host_vars/localhost.yaml": "c: 3",
      },
      ["d=4"],
    );
    expect(loaded.hosts.map(({ name }) => name)).to.deep.equal(["h"]);
    expect(loaded.host("localhost")).to.deep.equal({ name: "localhost", address: "127.0.0.1", groups: [] });
    expect(loaded.target("localhost")).to.include({ connection: "local", address: "127.0.0.1" });
    expect(loaded.target("localhost").become, "variables of all do not make tasks root on the controller").to.equal(
      undefined,
    );
    const names = loaded.assignments("localhost").map(({ name }) => name);
    expect(names).to.include.members(["a", "ansible_connection", "ansible_host", "c", "d"]);
  });

  it("uses an explicit localhost as it is written", () => {
    const loaded = inventory("all: {hosts: {localhost: {ansible_host: 10.0.0.9}}}");
    expect(loaded.target("localhost")).to.include({ connection: "ssh", address: "10.0.0.9" });
    expect(loaded.select("all")).to.have.length(1);
  });
});

describe("an invalid inventory", () => {
  const wrong: readonly (readonly [string, string, readonly string[]])[] = [
    ["nothing in it", "", ["hosts.yaml: there are no hosts in it; add one under the hosts of a group"]],
    [
      "a group without hosts",
      "all:\n  children:\n    a:\n",
      ["hosts.yaml: there are no hosts in it; add one under the hosts of a group"],
    ],
    [
      "a YAML syntax error",
      "all:\n  hosts:\n    a: b: c\n",
      ["hosts.yaml:3:8: YAML: Nested mappings are not allowed in compact mappings"],
    ],
    ["a tab", "all:\n\thosts:\n", ["hosts.yaml:2:1: YAML: Tabs are not allowed as indentation"]],
    ["a key twice", "all:\n  hosts:\n    a:\n    a:\n", ["hosts.yaml:4:5: duplicate key a"]],
    [
      "an encrypted value that is not encrypted",
      "all: {hosts: {a: {p: !vault x}}}",
      ["hosts.yaml:1:29: this is not an encrypted text: it does not begin with $ANSIBLE_VAULT"],
    ],
    [
      "an alias to nothing",
      "all:\n  hosts: *h\n",
      ["hosts.yaml:2:10: YAML: no anchor of this name before it; a text that begins with * must be in quotes"],
    ],
    ["a list", "- web-1\n", ["hosts.yaml:1:1: expected groups with their hosts, as YAML or INI"]],
    [
      "a host without a group",
      "node-1:\n  ansible_host: 10.0.0.1\n",
      [
        "hosts.yaml:2:3: unknown key ansible_host in group node-1, expected hosts, children or vars; a host belongs under the hosts of a group, a group under its children, a variable under its vars",
      ],
    ],
    [
      "hosts outside of any group",
      "hosts:\n  node-1:\n",
      ["hosts.yaml:1:1: hosts is outside of any group; put it under one, such as all"],
    ],
    [
      "a mistyped section",
      "all:\n  host:\n    a:\n",
      ['hosts.yaml:2:3: unknown key host in group all, expected hosts, children or vars; did you mean "hosts"?'],
    ],
    [
      "a group that is a list",
      "all:\n  - a\n",
      ["hosts.yaml:1:1: group all must be a map of hosts, children and vars"],
    ],
    [
      "children as a list",
      "all:\n  children:\n    - a\n",
      ["hosts.yaml:2:3: the children of all must be a map: each name followed by a colon"],
    ],
    [
      "hosts as a list",
      "all:\n  hosts: [a]\n",
      ["hosts.yaml:2:3: the hosts of all must be a map: each name followed by a colon"],
    ],
    [
      "a child that is text",
      "all:\n  children:\n    a: b\n",
      ["hosts.yaml:3:5: group a must be a map of hosts, children and vars"],
    ],
    [
      "a host that is a list",
      "all:\n  hosts:\n    a: [1]\n",
      ["hosts.yaml:3:5: hosts.yaml, host a: expected a map of variables"],
    ],
    [
      "groups in a circle",
      "a:\n  children:\n    b:\nb:\n  children:\n    c:\nc:\n  children:\n    a:\n",
      ["hosts.yaml:9:5: groups contain each other: a > b > c > a"],
    ],
    [
      "a group in itself",
      "a:\n  hosts: {h: }\n  children:\n    a:\n",
      ["hosts.yaml:4:5: groups contain each other: a > a"],
    ],
    [
      "all as a child",
      "a:\n  children:\n    all:\n",
      ["hosts.yaml:3:5: all cannot be the child of a group: it contains every group"],
    ],
    [
      "a bad range",
      "all:\n  hosts:\n    node-[3:1]:\n",
      ['hosts.yaml:3:5: "[3:1]" in "node-[3:1]" runs backwards, expected a range such as [1:3], [01:12] or [a:f]'],
    ],
    [
      "two hosts with one address",
      "all:\n  hosts:\n    a:\n      ansible_host: 10.0.0.1\n    b:\n      ansible_host: 10.0.0.1\n",
      ["hosts.yaml:6:7: b and a have the same address, 10.0.0.1:22 (a: hosts.yaml:4:7)"],
    ],
    [
      "two hosts with one address for the others",
      "all:\n  hosts:\n    a: {node_address: 10.0.0.1}\n    b: {node_address: 10.0.0.1}\n",
      ["hosts.yaml:4:9: b and a have the same address, node_address 10.0.0.1 (a: hosts.yaml:3:9)"],
    ],
    [
      "a host that the others would find at another's address",
      "all:\n  hosts:\n    a: {ansible_host: 10.0.0.1}\n    b: {ansible_host: 10.0.0.2, node_address: 10.0.0.1}\n",
      ["hosts.yaml:4:33: b and a have the same address, node_address 10.0.0.1 (a: hosts.yaml:3:9)"],
    ],
    [
      "a connection variable of the wrong type, once for all of its hosts",
      "all:\n  vars:\n    ansible_port: ssh\n  hosts:\n    a:\n    b:\n",
      [
        'hosts.yaml:3:5: ansible_port is "ssh", expected an integer from 1 to 65535 (ansible_port: The port of its SSH server. If it is not set, ~/.ssh/config may set one.)',
      ],
    ],
    [
      "an unknown connection variable",
      "all:\n  hosts:\n    a:\n      ansible_hots: 10.0.0.1\n",
      ['hosts.yaml:4:7: unknown variable ansible_hots; did you mean "ansible_host"?'],
    ],
    [
      "several problems",
      "all:\n  hosts:\n    a:\n      ansible_hots: x\n      ansible_port: 0\n  childen:\n",
      [
        'hosts.yaml:6:3: unknown key childen in group all, expected hosts, children or vars; did you mean "children"?',
        'hosts.yaml:4:7: unknown variable ansible_hots; did you mean "ansible_host"?',
        "hosts.yaml:5:7: ansible_port is 0, expected an integer from 1 to 65535 (ansible_port: The port of its SSH server. If it is not set, ~/.ssh/config may set one.)",
      ],
    ],
  ];
  for (const [what, text, expected] of wrong)
    it(`with ${what}`, () => {
      expect(problems(text)).to.have.members(expected);
    });

  it("does not include hosts at the same address with different ports", () => {
    expect(
      problems(
        "all: {hosts: {a: {ansible_host: h}, b: {ansible_host: h, ansible_port: 2222}, 'c:2223': {ansible_host: h}}}",
      ),
    ).to.deep.equal([]);
  });

  it("tells hosts at the same address apart by the bastions before them, and names those of one machine", () => {
    const behind = (name: string, bastion: string): string =>
      `    ${name}:\n      ansible_host: 10.0.0.1\n      ansible_ssh_common_args: -J ${bastion}\n`;
    const hosts = (...bastions: string[]): string =>
      `all:\n  hosts:\n${bastions.map((bastion, index) => behind(`h-${index}`, bastion)).join("")}`;
    expect(problems(hosts("b-1", "b-2"))).to.deep.equal([]);
    expect(problems(hosts("b-1:2222", "b-1:2222"))).to.deep.equal([
      "hosts.yaml:7:7: h-1 and h-0 have the same address, 10.0.0.1:22 through b-1:2222 (h-0: hosts.yaml:4:7)",
    ]);
  });

  it("is reported without the lines of its files", () => {
    for (const secret of [
      '"hunter2" "hunter3"',
      "!hunter2",
      "*hunter2",
      "|hunter2",
      "}hunter2",
      "'hunter2",
      "x: hunter2",
    ]) {
      const said = problems(`all:\n  hosts:\n    a:\n      ansible_password: ${secret}\n`).join();
      expect(said, secret).to.match(/^hosts.yaml:[45]:\d+: YAML: /);
      expect(said, secret).to.not.match(/hunter/);
    }
    expect(problems("all: {hosts: {a: {ansible_password: 12345}}}")).to.deep.equal([
      "hosts.yaml:1:19: ansible_password is an invalid secret, expected a string that is not empty: put it in quotes (ansible_password: The password to log in with.)",
    ]);
  });

  it("is reported if the file does not exist", () => {
    expect(problemsOf(() => loadInventory({ file: "/nowhere/hosts.yaml", root: "/" }))).to.deep.equal([
      "nowhere/hosts.yaml: there is no such file",
    ]);
  });
});
