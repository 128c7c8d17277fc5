import path from "node:path";
import { expect } from "chai";
import { loadInventory } from "#engine/inventory/load.ts";
import { problemsOf, project, removeProjects } from "./project.ts";

afterEach(removeProjects);

/** Each layer sets its own variable and those of all weaker layers. */
const layers = [
  ["all's vars", "v01"],
  ["a parent's vars", "v02"],
  ["a child's vars", "v03"],
  ["group_vars/all beside the inventory", "v04"],
  ["group_vars/all of the project", "v05"],
  ["group_vars of the parent beside the inventory", "v06"],
  ["group_vars of the child beside the inventory", "v07"],
  ["group_vars of the parent in the project", "v08"],
  ["group_vars of the child in the project", "v09"],
  ["the host's vars", "v10"],
  ["host_vars beside the inventory", "v11"],
  ["host_vars of the project", "v12"],
  ["--extra-vars", "v13"],
] as const;

const upTo = (layer: string): string => {
  const own = layers.findIndex(([name]) => name === layer);
  return `{${layers
    .slice(0, own + 1)
    .map(([, variable]) => `${variable}: "${layer}"`)
    .join(", ")}}`;
};

const files = {
  "inv/hosts.yaml": `
all:
  vars: ${upTo("all's vars")}
  children:
    parent:
      vars: ${upTo("a parent's vars")}
      children:
        child:
          vars: ${upTo("a child's vars")}
          hosts: {h: ${upTo("the host's vars")}}
`,
  "inv/group_vars/all.yaml": upTo("group_vars/all beside the inventory"),
  "group_vars/all/main.yml": upTo("group_vars/all of the project"),
  "inv/group_vars/parent.yml": upTo("group_vars of the parent beside the inventory"),
  "inv/group_vars/child": upTo("group_vars of the child beside the inventory"),
  "group_vars/parent.json": upTo("group_vars of the parent in the project"),
  "group_vars/child/deep/a.yaml": upTo("group_vars of the child in the project"),
  "inv/host_vars/h.yaml": upTo("host_vars beside the inventory"),
  "host_vars/h/a.yaml": upTo("host_vars of the project"),
};

const winners = (
  root: string,
  file: string,
  host: string,
  extraVars: readonly string[] = [],
): Record<string, unknown> =>
  Object.fromEntries(
    loadInventory({ file: path.join(root, file), root, extraVars })
      .assignments(host)
      .map(({ name, value }) => [name, value]),
  );

describe("layers of variables, weakest first:", () => {
  const values = (): Record<string, unknown> => winners(project(files), "inv/hosts.yaml", "h", [upTo("--extra-vars")]);
  // A layer's own variable is the last that it sets. Stronger layers set it too, and the strongest of them wins.
  for (const [index, [name, variable]] of layers.entries())
    it(`${String(index + 1)}. ${name}`, () => {
      const removed = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, text]));
      const stronger = layers.slice(index + 1).map(([stronger]) => stronger);
      for (const [file, text] of Object.entries(removed))
        removed[file] = text.replace(/\{v01[^{}]*\}/g, (map) =>
          stronger.some((layer) => map.includes(`"${layer}"`)) ? "{}" : map,
        );
      const extra = name === "--extra-vars" ? [upTo(name)] : [];
      expect(winners(project(removed), "inv/hosts.yaml", "h", extra)[variable]).to.equal(name);
      expect(winners(project(removed), "inv/hosts.yaml", "h", extra).v01).to.equal(name);
    });

  it("the command line overrides all others", () => {
    expect(new Set(Object.values(values()))).to.deep.equal(new Set(["--extra-vars"]));
  });

  it("each assignment names its layer", () => {
    const root = project(files);
    const loaded = loadInventory({ file: path.join(root, "inv/hosts.yaml"), root, extraVars: ["v01=x"] });
    expect(
      loaded
        .assignments("h")
        .filter(({ name }) => name === "v01")
        .map(({ from }) => from),
    ).to.deep.equal([
      "inv/hosts.yaml, group all",
      "inv/hosts.yaml, group parent",
      "inv/hosts.yaml, group child",
      "inv/group_vars/all.yaml",
      "group_vars/all/main.yml",
      "inv/group_vars/parent.yml",
      "inv/group_vars/child",
      "group_vars/parent.json",
      "group_vars/child/deep/a.yaml",
      "inv/hosts.yaml, host h",
      "inv/host_vars/h.yaml",
      "host_vars/h/a.yaml",
      "--extra-vars",
    ]);
  });
});

describe("among several groups,", () => {
  const two = (more: string): Record<string, unknown> =>
    winners(
      project({ "hosts.yaml": `b: {hosts: {h: }, vars: {x: b}}\na: {hosts: {h: }, vars: {x: a}}\n${more}` }),
      "hosts.yaml",
      "h",
    );

  it("the last name wins at the same depth", () => {
    expect(two("").x).to.equal("b");
  });
  it("the deepest group wins", () => {
    expect(two("c: {children: {a: }, vars: {x: c}}").x).to.equal("a");
  });
  it("ansible_group_priority takes precedence over the name, and is not a variable", () => {
    const values = winners(
      project({
        "hosts.yaml": "b: {hosts: {h: }, vars: {x: b}}\na: {hosts: {h: }, vars: {x: a, ansible_group_priority: 2}}",
      }),
      "hosts.yaml",
      "h",
    );
    expect(values).to.deep.equal({ x: "a" });
  });
  it("the later place in the file wins for a host that is in both", () => {
    expect(
      winners(project({ "hosts.yaml": "b: {hosts: {h: {x: 1}}}\na: {hosts: {h: {x: 2}}}" }), "hosts.yaml", "h").x,
    ).to.equal(2);
  });
});

describe("group_vars and host_vars", () => {
  const hosts = "all: {hosts: {h: , node.example.org: }}";

  it("are read once if the inventory is in the project's folder", () => {
    const root = project({ "hosts.yaml": hosts, "group_vars/all.yaml": "a: 1" });
    expect(loadInventory({ file: path.join(root, "hosts.yaml"), root }).assignments("h")).to.have.length(1);
  });

  it("include every file of a folder by name, except hidden ones and backups", () => {
    const root = project({
      "hosts.yaml": hosts,
      "group_vars/all/2.yaml": "a: 2",
      "group_vars/all/1.yml": "a: 1",
      "group_vars/all/.3.yaml": "a: 3",
      "group_vars/all/4.yaml~": "a: 4",
      "group_vars/all/notes.md": "a: b: c",
      "group_vars/unused.yaml": "a: 5",
      "host_vars/node.example.org.yaml": "b: 1",
    });
    expect(winners(root, "hosts.yaml", "h")).to.deep.equal({ a: 2 });
    expect(winners(root, "hosts.yaml", "node.example.org")).to.deep.equal({ a: 2, b: 1 });
  });

  const wrong: readonly (readonly [string, string, string, string])[] = [
    [
      "a syntax error",
      "group_vars/all.yaml",
      "a: 1\nb: [1\n",
      "group_vars/all.yaml:3:1: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "a list",
      "group_vars/all.yaml",
      "- a\n",
      "group_vars/all.yaml:1:1: group_vars/all.yaml: expected a map of variables",
    ],
    ["a variable twice", "host_vars/h.yaml", "a: 1\nb: 2\na: 3\n", "host_vars/h.yaml:3:1: duplicate key a"],
    [
      "a vault that is cut off",
      "host_vars/h.yaml",
      "$ANSIBLE_VAULT;1.1;AES256\n33\n",
      "host_vars/h.yaml:1: the encrypted text is not complete: expected a salt, an HMAC and the ciphertext",
    ],
    [
      "the wrong type for the connection",
      "host_vars/h.yaml",
      "ansible_become: perhaps\n",
      'host_vars/h.yaml:1:1: ansible_become is "perhaps", expected true or false (ansible_become: Whether tasks run as another user, through ansible_become_method.)',
    ],
  ];
  for (const [what, file, text, message] of wrong)
    it(`with ${what} are reported once for all hosts`, () => {
      const root = project({ "hosts.yaml": hosts, [file]: text });
      expect(problemsOf(() => loadInventory({ file: path.join(root, "hosts.yaml"), root }))).to.deep.equal([message]);
    });

  it("must have only one file or folder for a name", () => {
    const root = project({ "hosts.yaml": hosts, "group_vars/all.yaml": "a: 1", "group_vars/all/b.yaml": "a: 2" });
    expect(problemsOf(() => loadInventory({ file: path.join(root, "hosts.yaml"), root }))).to.deep.equal([
      "group_vars/all: all.yaml is for the same name; merge them into one file or one folder",
    ]);
  });
});
