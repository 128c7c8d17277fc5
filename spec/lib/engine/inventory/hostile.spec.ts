import { expect } from "chai";
import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { InputError, type Problem } from "#engine/errors.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { parseYaml } from "#engine/inventory/yaml-source.ts";
import { Vault } from "#engine/vault/index.ts";
import { always } from "../../../always.ts";
import { forPrograms, hostileText, inherited } from "../../../hostile.ts";
import { temporaryFolder } from "../temporary.ts";

const syntax = [
  ...Array.from("[]{},:?-|>&*!%#@`'\"\n "),
  ...[
    "\n  ",
    "- ",
    ": ",
    "? ",
    "<<: ",
    "&a ",
    "*a",
    "&b ",
    "*b",
    "!vault ",
    "!!set ",
    "!!binary ",
    "!!omap ",
    "--- ",
    "|\n ",
    "$ANSIBLE_VAULT;1.1;AES256",
  ],
  ...["all:", "hosts:", "vars:", "children:", "yes", "1", ".inf", "1e999", "0x1F", "2026-01-01", "~", "null"],
];
const soup = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...syntax) }, { weight: 1, arbitrary: hostileText }), {
    maxLength: 30,
  })
  .map((parts) => parts.join(""));

const parsed = (text: string): { readonly value: unknown; readonly problems: Problem[] } => {
  const problems: Problem[] = [];
  return { value: parseYaml("hosts.yaml", text, problems, new Vault())?.value, problems };
};

const laughs = (first: string, line: (before: string, name: string) => string): string =>
  [first, ..."bcdefghijklmnopq".split("").map((name, index) => line("abcdefghijklmnopq".charAt(index), name))].join(
    "\n",
  );

const refused: Readonly<Record<string, readonly [text: string, message: string]>> = {
  "lists that double nine times in each line": [
    laughs("a: &a [x, x]", (before, name) => `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`),
    "aliases stand for more than 1000000 parts",
  ],
  "maps that merge nine times in each line": [
    laughs("a: &a {x: 1}", (before, name) => `${name}: &${name} {<<: [${Array(9).fill(`*${before}`).join(",")}]}`),
    "aliases stand for more than 1000000 parts",
  ],
  "a list that contains itself": ["a: &a [*a]", "*a is inside its own anchor"],
  "a map that contains itself": ["a: &a {b: {c: *a}}", "*a is inside its own anchor"],
  "a map that merges itself": ["a: &a {<<: *a, y: 2}", "*a is inside its own anchor"],
  "a merge of a number": ["a: {<<: 3}", "<< merges maps only"],
  "lists inside each other": ["[".repeat(20_000), "more than 100 levels inside each other"],
  "closed lists inside each other": [
    `${"[".repeat(5000)}${"]".repeat(5000)}`,
    "more than 100 levels inside each other",
  ],
  "list entries inside each other": ["- ".repeat(20_000), "more than 100 levels inside each other"],
  "maps inside each other": [
    Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    "more than 100 levels",
  ],
  "thousands of equal keys": ["a: 1\n".repeat(20_000), "duplicate key a"],
  "a key that is a list": ["[a]: 1", "a key must be a text"],
  "a second document": ["a: 1\n---\nb: 2", "expected one document, this is the second"],
};

describe("a hostile inventory", () => {
  const folder = temporaryFolder();

  always("is read or refused, whatever its text", soup, (text) => {
    const { value, problems } = parsed(text);
    if (problems.length > 0) expect(value).to.equal(undefined);
    else expect(() => JSON.stringify(value)).not.to.throw();
  });

  for (const [what, [text, message]] of Object.entries(refused))
    it(`is refused within a second or two for ${what}`, function () {
      this.timeout(20_000);
      expect(
        parsed(text)
          .problems.map((problem) => problem.message)
          .join("\n"),
      ).to.include(message);
    });

  it("may have thousands of anchors, aliases and hosts", function () {
    this.timeout(30_000);
    const lines = Array.from({ length: 5000 }, (_, index) => `  h${String(index)}: &a${String(index)} {<<: *a, y: 1}`);
    const { problems, value } = parsed(["base: &a {x: 1}", "hosts:", ...lines].join("\n"));
    expect(problems).to.deep.equal([]);
    expect(value).to.have.nested.property("hosts.h4999.x", 1);
  });

  /** JSON is YAML too: each name arrives as it is. */
  const inventoryOf = (hosts: readonly string[], groups: readonly string[]): string =>
    JSON.stringify({ all: { hosts: named(hosts), children: named(groups) } });
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
  const load = (text: string) => {
    const file = path.join(folder, "hosts.yaml");
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return loadInventory({ file, root: folder });
  };

  const names = fc.array(hostileText, { minLength: 1, maxLength: 3 });
  always(
    "has no name that a file, a pattern, an option or a line could mistake for more",
    fc.tuple(names, names),
    ([hosts, groups]) => {
      try {
        const loaded = load(inventoryOf(hosts, groups));
        for (const name of [...loaded.hosts.map((host) => host.name), ...loaded.groups.keys()])
          expect(name).to.match(/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,252}$/u);
      } catch (error) {
        expect(error).to.be.instanceOf(InputError);
        expect((error as InputError).problems.every(({ where }) => where?.line !== undefined)).to.equal(true);
      }
    },
  );

  for (const name of inherited)
    it(`may call a host or a group ${name}`, () => {
      const loaded = load(`all: {hosts: {"${name}": }, children: {"${name}-s": {hosts: {"${name}": }}}}`);
      expect(loaded.hosts.map((host) => host.name)).to.deep.equal([name]);
      expect(loaded.host(name).groups).to.deep.equal([`${name}-s`]);
      expect(loaded.select(`${name}:&${name}-s`)).to.have.length(1);
      expect(() => loaded.group(name)).to.throw(InputError, "there is no group");
    });

  const ranges = fc
    .array(
      fc.constantFrom(
        "[0:9]",
        "[0:9999]",
        "[a:z]",
        "[0:99999999999]",
        "[1:2:0]",
        "[",
        "]",
        "a",
        ":",
        "[:]",
        "[0:1:1e999]",
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.join(""));
  always("names at most 10,000 hosts by ranges", ranges, (range) => {
    try {
      expect(load(inventoryOf([`h${range}`], [])).hosts).to.have.length.of.at.most(10_000);
    } catch (error) {
      expect(error).to.be.instanceOf(InputError);
    }
  });

  const patterns = fc.array(
    fc.oneof(
      fc.constantFrom(...forPrograms, "all", "a", "~", "[0]", "[-1]", "[0:99999999999999999999]", "&", "!", "*"),
      hostileText,
    ),
    { maxLength: 6 },
  );
  always("answers any pattern with its hosts or an error", patterns, (parts) => {
    const loaded = load(inventoryOf(["a", "b"], ["g"]));
    try {
      for (const { name } of loaded.select(parts.join(""))) expect(["a", "b", "localhost"]).to.include(name);
    } catch (error) {
      expect(error).to.be.instanceOf(InputError);
    }
  });

  always(
    "may have any text and number as the value of any variable of the connection",
    fc.tuple(
      fc.constantFrom(
        "ansible_host",
        "ansible_port",
        "ansible_user",
        "ansible_become_user",
        "ansible_ssh_common_args",
        "ansible_ssh_known_hosts_file",
        "node_address",
        "ansible_group_priority",
        ...inherited,
      ),
      hostileText,
    ),
    ([name, value]) => {
      try {
        load(JSON.stringify({ all: { hosts: { a: { [name]: value } } } }));
      } catch (error) {
        expect(error).to.be.instanceOf(InputError);
      }
    },
  );
});
