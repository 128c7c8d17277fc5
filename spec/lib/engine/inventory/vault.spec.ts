import path from "node:path";
import { expect } from "chai";
import { loadInventory } from "#engine/inventory/load.ts";
import { checkVariables } from "#engine/schema/check-variables.ts";
import { seal, Vault } from "#engine/vault/index.ts";
import { Type } from "typebox";
import { problemsOf, project, removeProjects } from "./project.ts";

afterEach(removeProjects);

const secret = { label: "default", password: "pw" };
const sealed = (text: string): string => seal(Buffer.from(text), secret);
const inline = (text: string, indent: number): string => `!vault |\n${sealed(text).replace(/^/gm, " ".repeat(indent))}`;

function loaded(files: Readonly<Record<string, string>>, password = "pw", extraVars: readonly string[] = []) {
  const root = project(files);
  const hidden: string[] = [];
  const vault = new Vault([{ label: "default", password }], (text) => hidden.push(text));
  const load = () => loadInventory({ file: path.join(root, "hosts.yaml"), root, extraVars, vault });
  return { load, hidden, root };
}

const hosts = "all: {hosts: {h: }}\n";

describe("encrypted variables", () => {
  it("may be single values, anywhere in a value, and used through anchors", () => {
    const { load, hidden } = loaded({
      "hosts.yaml": hosts,
      "group_vars/all.yaml": [
        `a: &a ${inline("geheim-a", 2)}`,
        "b: *a",
        "c:",
        "  list:",
        "    - open",
        `    - ${inline("geheim-c", 8)}`,
        "d: open",
        "",
      ].join("\n"),
    });
    const assignments = load().assignments("h");
    const values = Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
    expect(values).to.deep.equal({
      a: "geheim-a",
      b: "geheim-a",
      c: { list: ["open", "geheim-c"] },
      d: "open",
    });
    expect(hidden).to.include.members(["geheim-a", "geheim-c"]).and.not.include("open");
    const secrets = assignments.filter(({ sealed, value }) => sealed?.holds(value)).map(({ name }) => name);
    expect(secrets).to.deep.equal(["a", "b", "c"]);
  });

  it("may be in whole encrypted files: of groups, of hosts, of -e, and the inventory itself", () => {
    const { load, hidden, root } = loaded({
      "hosts.yaml": sealed("all: {hosts: {h: {own: geheim-0}}}\n"),
      "group_vars/all/secret.yaml": sealed("group: geheim-1\nnumber: 12345678\n"),
      "host_vars/h": sealed("host: {deep: [geheim-2]}\n"),
      "extra.yaml": sealed("extra: geheim-3\n"),
    });
    const { assignments } = { assignments: loadWith(root, hidden) };
    expect(
      load()
        .assignments("h")
        .map(({ name }) => name),
    ).to.deep.equal(["group", "number", "own", "host"]);
    expect(assignments.map(({ name, value }) => [name, value])).to.deep.include(["extra", "geheim-3"]);
    expect(hidden).to.include.members(["geheim-0", "geheim-1", "geheim-2", "geheim-3", "12345678"]);
    expect(assignments.every(({ sealed, value }) => sealed?.holds(value))).to.equal(true);
  });

  it("keep their places", () => {
    const { load } = loaded({ "hosts.yaml": hosts, "group_vars/all.yaml": sealed("a: 1\nb: 2\n") });
    expect(load().assignments("h").at(-1)?.where).to.deep.equal({ file: "group_vars/all.yaml", line: 2, column: 1 });
  });

  it("are converted to the type of their schema, and are not shown if they do not match", () => {
    const { load } = loaded({
      "hosts.yaml": hosts,
      "group_vars/all.yaml": `port: ${inline("8443", 2)}\nflag: ${inline("geheim", 2)}\nmap: {a: ${JSON.stringify(1)}}\n`,
      "host_vars/h.yaml": sealed("number: geheim-too\n"),
    });
    const specs = { port: Type.Integer(), flag: Type.Boolean(), number: Type.Integer(), map: Type.Any() };
    const { values, problems } = checkVariables({ specs, assignments: load().assignments("h") });
    expect(values.port).to.equal(8443);
    expect(problems.map(({ message }) => message)).to.deep.equal([
      "flag is an invalid secret, expected true or false",
      "number is an invalid secret, expected an integer",
    ]);
  });

  it("are reported with file and line if the password is wrong or missing", () => {
    const files = {
      "hosts.yaml": hosts,
      "group_vars/all.yaml": `a: 1\nb: ${inline("geheim", 4)}\n`,
      "host_vars/h.yaml": sealed("c: geheim\n"),
    };
    expect(problemsOf(loaded(files, "other").load)).to.deep.equal([
      "group_vars/all.yaml:3: the vault password is wrong, or the encrypted text was changed",
      "host_vars/h.yaml:1: the vault password is wrong, or the encrypted text was changed",
    ]);
    const root = project(files);
    expect(
      problemsOf(() => loadInventory({ file: path.join(root, "hosts.yaml"), root, vault: new Vault() }))[0],
    ).to.equal(
      "group_vars/all.yaml:3: this is encrypted, and no vault password was given: use --ask-vault-pass, --vault-password-file or --vault-id",
    );
  });

  it("are reported with the exact line that is damaged", () => {
    const text = `a: 1\nb: ${inline("geheim", 4)}\n`.split("\n");
    const damaged = [...text.slice(0, 4), "    not hexadecimal", ...text.slice(5)].join("\n");
    expect(problemsOf(loaded({ "hosts.yaml": hosts, "group_vars/all.yaml": damaged }).load)).to.deep.equal([
      "group_vars/all.yaml:5: the encrypted text is damaged: this line is not hexadecimal",
    ]);
  });
});

const loadWith = (root: string, hidden: string[]) =>
  loadInventory({
    file: path.join(root, "hosts.yaml"),
    root,
    extraVars: [`@${path.join(root, "extra.yaml")}`],
    vault: new Vault([secret], (text) => hidden.push(text)),
  }).assignments("h");

describe("YAML scalars", () => {
  it("have the types that Ansible gives them", () => {
    const words = "[yes, y, n, 08, 010, 1e3, 1.5e+3, 12e4567, 1_000, .5, ., 12:30, 2026-01-02]";
    const { load } = loaded({ "hosts.yaml": hosts, "group_vars/all.yaml": `words: ${words}\n` });
    expect(load().assignments("h")[0]?.value).to.deep.equal([
      true,
      "y",
      "n",
      "08",
      8,
      "1e3",
      1500,
      "12e4567",
      1000,
      0.5,
      ".",
      "12:30",
      "2026-01-02",
    ]);
  });
});
