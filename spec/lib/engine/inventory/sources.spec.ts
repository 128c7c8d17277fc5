import { expect } from "chai";
import { chmodSync } from "node:fs";
import path from "node:path";
import { loadInventory } from "#engine/inventory/load.ts";
import { problemsOf, project, removeProjects } from "./project.ts";

describe("the sources of an inventory", () => {
  after(removeProjects);
  const load = (files: Readonly<Record<string, string>>, ...given: readonly string[]) => {
    const root = project(files);
    for (const [name, text] of Object.entries(files))
      if (text.startsWith("#!")) chmodSync(path.join(root, name), 0o755);
    return loadInventory({ file: given.map((name) => path.join(root, name)), root });
  };
  type Loaded = ReturnType<typeof load>;
  const names = (loaded: Loaded, pattern: string): string[] => loaded.select(pattern).map(({ name }) => name);
  /** The values of a host, the strongest of each name. */
  const values = (loaded: Loaded, host: string): Record<string, unknown> =>
    Object.fromEntries(loaded.assignments(host).map(({ name, value }) => [name, value]));

  describe("that are lists of hosts", () => {
    const listed = (file: string | readonly string[], files: Readonly<Record<string, string>> = {}) =>
      loadInventory({ file, root: project(files) });

    it("have the hosts that they name, with ports and ranges, in no group but all", () => {
      const loaded = listed("web-1, db-[1:2],192.0.2.9:2222,", { "group_vars/all.yaml": "size: 5\n" });
      expect(names(loaded, "all")).to.have.members(["web-1", "db-1", "db-2", "192.0.2.9"]);
      expect(names(loaded, "ungrouped")).to.have.length(4);
      expect(loaded.target("192.0.2.9")).to.include({ address: "192.0.2.9", port: 2222 });
      expect(values(loaded, "web-1")).to.deep.equal({ size: 5 });
      expect(names(listed("lone,"), "all")).to.deep.equal(["lone"]);
    });

    it("add up with files", () => {
      const root = project({ "hosts.yaml": "web: { hosts: { web-1: { note: 1 } } }\n" });
      const loaded = loadInventory({ file: [path.join(root, "hosts.yaml"), "web-1,web-2"], root });
      expect(names(loaded, "all")).to.have.members(["web-1", "web-2"]);
      expect(names(loaded, "web")).to.deep.equal(["web-1"]);
    });

    it("report names that cannot be one, and a file with a comma in its path is a file", () => {
      expect(problemsOf(() => listed("we b,web-1")).join()).to.include("-i we b,web-1: ");
      expect(problemsOf(() => listed(",")).join()).to.include("there are no hosts in it");
      const loaded = load({ "a,b.yaml": "web: { hosts: { web-9: } }\n" }, "a,b.yaml");
      expect(names(loaded, "all")).to.deep.equal(["web-9"]);
    });
  });

  describe("in INI", () => {
    const ini = `; the web
lone ansible_host=192.0.2.9

[web] # servers
web-[1:2]:2222 note="two words"  # the first
web-3 port=8080 on=True list="['a', 'b']" word='it is'

[db]
db-1

[site:children]
web
db

[site:vars]
# of all
motto = it's #1
size=5
`;

    it("has hosts, groups of groups and variables, as Ansible reads them", () => {
      const loaded = load({ hosts: ini }, "hosts");
      expect(names(loaded, "all")).to.have.members(["lone", "web-1", "web-2", "web-3", "db-1"]);
      expect(names(loaded, "site")).to.have.members(["web-1", "web-2", "web-3", "db-1"]);
      expect(values(loaded, "web-1")).to.deep.equal({
        ...{ ansible_port: 2222, note: "two words", motto: "it's #1", size: "5" },
      });
      expect(values(loaded, "web-3")).to.deep.include({ port: "8080", on: true, list: ["a", "b"], word: "it is" });
      expect(loaded.target("web-2")).to.include({ address: "web-2", port: 2222 });
    });

    it("reports mistakes with their lines", () => {
      const wrong = "[web]\nweb-1 word\nweb-2 a='open\n[web:var]\nx\n[db:vars]\nno value\n";
      expect(problemsOf(() => load({ hosts: wrong }, "hosts"))).to.deep.equal([
        "hosts:2: a word after web-1 is not name=value",
        "hosts:3: a ' is not closed",
        'hosts:4: there is no section [web:var]; did you mean "vars"?',
        "hosts:7: expected name = value",
      ]);
    });

    it("is a file of hosts alone, too", () => {
      expect(names(load({ hosts: "# two\nweb-1\nweb-2 a=1\n" }, "hosts"), "ungrouped")).to.deep.equal([
        "web-1",
        "web-2",
      ]);
    });
  });

  describe("of a program", () => {
    const listing = {
      web: { hosts: ["web-1", "web-2"], vars: { port: 80 }, children: ["edge"] },
      edge: ["edge-1"],
      _meta: { hostvars: { "web-1": { ansible_host: "192.0.2.1" } } },
    };
    const program = (text: string): string => `#!/bin/sh\n${text}\n`;

    it("are what it prints with --list", () => {
      const printing = `[ "$*" = --list ] || exit 9\ncat <<'END'\n${JSON.stringify(listing)}\nEND`;
      const loaded = load({ "cloud.sh": program(printing) }, "cloud.sh");
      expect(names(loaded, "web")).to.have.members(["web-1", "web-2", "edge-1"]);
      expect(values(loaded, "web-1")).to.deep.equal({ port: 80, ansible_host: "192.0.2.1" });
      expect(values(loaded, "edge-1")).to.deep.equal({ port: 80 });
    });

    it("are asked one by one without _meta", () => {
      const each = `case $1 in --list) echo '{"web": ["web-1"]}' ;; --host) echo "{\\"me\\": \\"$2\\"}" ;; esac`;
      expect(values(load({ "cloud.sh": program(each) }, "cloud.sh"), "web-1")).to.deep.equal({ me: "web-1" });
    });

    it("fail with its reason, and without what it printed", () => {
      const of = (text: string) => problemsOf(() => load({ "cloud.sh": program(text) }, "cloud.sh"));
      expect(of("echo secret; echo no key >&2; exit 3")).to.deep.equal([
        "cloud.sh: the inventory program with --list failed with exit code 3: no key",
      ]);
      expect(of("echo secret")).to.deep.equal(["cloud.sh: the inventory program with --list printed no JSON"]);
      expect(of("echo '[]'")[0]).to.include("printed no map");
      expect(of(`echo '{"web": {"hosts": 3}}'`)[0]).to.include("group web must have lists of hosts");
    });
  });

  it("add up: several files, and the files of a folder, each with its group_vars", () => {
    const loaded = load(
      {
        "one/10-web.yaml": "web: { hosts: { web-1: { a: 1, b: 1 } } }\n",
        "one/20-more": "[web]\nweb-2\n[db]\nweb-1 b=2\n",
        "one/notes.md": "# no inventory\n",
        "one/group_vars/web.yaml": "from_folder: 1\n",
        "two.yaml": "web: { hosts: { web-1: { a: 3 } }, vars: { c: 3 } }\n",
        "group_vars/web.yaml": "from_project: 1\n",
      },
      "one",
      "two.yaml",
    );
    expect(names(loaded, "all")).to.have.members(["web-1", "web-2"]);
    expect(values(loaded, "web-1")).to.deep.equal({ a: 3, b: "2", c: 3, from_folder: 1, from_project: 1 });
    expect(loaded.file).to.equal("one, two.yaml");
  });

  it("are named if one is missing", () => {
    expect(problemsOf(() => load({ "a.yaml": "all: { hosts: { a: } }" }, "a.yaml", "b.yaml"))).to.deep.equal([
      "b.yaml: there is no such file",
    ]);
  });
});
