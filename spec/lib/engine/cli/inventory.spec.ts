import { expect } from "chai";
import { parse } from "yaml";
import { inventoryText } from "#engine/cli/inventory/command.ts";
import { Mask } from "#engine/runner/events/mask.ts";
import { seal } from "#engine/vault/index.ts";
import { project, removeProjects } from "../inventory/project.ts";
import { failure } from "../queries/failure.ts";

afterEach(removeProjects);

const sealed = (text: string): string => seal(Buffer.from(text), { label: "default", password: "pw" });
const word = sealed("geheim-word");
const files = {
  pw: "pw\n",
  "hosts.yaml": `
masters: {hosts: {m1: {ansible_password: geheim-ssh}, m2: }}
nodes: {hosts: {n1: }, vars: {x: geheim-ssh in a text}}
empty:
`,
  "host_vars/m1.yaml": `word: !vault |\n${word.replace(/^/gm, "  ")}\n`,
  "group_vars/nodes.yaml": sealed("whole: geheim-whole\nnumber: 123456\n"),
};

const show = async (...args: readonly string[]): Promise<string> =>
  (await inventoryText(["--vault-password-file", `${root}/pw`, ...args], root, new Mask())) ?? "";
let root = "";

describe("play inventory", () => {
  beforeEach(() => (root = project(files)));
  const m1 = { ansible_password: "********", word: { __ansible_vault: `${word}\n` } };
  const n1 = { number: "********", whole: "********", x: "******** in a text" };

  it("--list shows groups, hosts and variables, with secrets masked or encrypted as they are written", async () =>
    expect(JSON.parse(await show("--list"))).to.deep.equal({
      _meta: { hostvars: { m1, n1 }, profile: "inventory_legacy" },
      all: { children: ["ungrouped", "masters", "nodes", "empty"] },
      masters: { hosts: ["m1", "m2"] },
      nodes: { hosts: ["n1"] },
    }));

  it("--list shows hosts that -i names, with the variables of the project", async () => {
    const list = JSON.parse(await show("-i", "n7,n8", "-i", "hosts.yaml", "--list")) as Record<string, object>;
    expect(list).to.deep.include({ ungrouped: { hosts: ["n7", "n8"] }, nodes: { hosts: ["n1"] } });
  });

  it("--list --limit shows only the hosts of the pattern", async () => {
    const { _meta, masters, nodes } = JSON.parse(await show("--list", "--limit", "n1:m2")) as Record<string, object>;
    expect(_meta).to.have.property("hostvars").that.deep.equals({ n1 });
    expect([masters, nodes]).to.deep.equal([{ hosts: ["m2"] }, { hosts: ["n1"] }]);
  });

  it("--list --yaml prints a valid inventory", async () => {
    const text = await show("--list", "--yaml");
    const hosts = { m1: { ansible_password: "********", word: `${word}\n` }, m2: {} };
    expect(parse(text, { customTags: [{ tag: "!vault", resolve: (sealed: string) => sealed }] })).to.deep.equal({
      all: { children: { masters: { hosts }, nodes: { hosts: { n1 } } } },
    });
    expect(text).to.include("word: !vault |");
  });

  it("--graph prints a tree from any group", async () => {
    expect(await show("--graph")).to.equal(
      "@all:\n  |--@ungrouped:\n  |--@masters:\n  |  |--m1\n  |  |--m2\n  |--@nodes:\n  |  |--n1\n  |--@empty:",
    );
    expect(await show("--graph", "nodes")).to.equal("@nodes:\n  |--n1");
    expect(await failure(show("--graph", "nodse"))).to.equal('there is no group "nodse"; did you mean "nodes"?');
  });

  it("--host shows the variables of one host", async () => {
    expect(JSON.parse(await show("--host", "m1"))).to.deep.equal(m1);
    expect(parse(await show("--host", "n1", "-y", "-e", "x=1"))).to.deep.equal({ ...n1, x: "1" });
    expect(await failure(show("--host", "masters"))).to.equal("--host masters: expected the name of one host");
  });

  it("requires exactly one of --list, --graph and --host", async () => {
    expect(await failure(show())).to.match(
      /needs exactly one of --list, --graph and --host NAME.*playbooks\/inventory\.ts/,
    );
    expect(await failure(show("--list", "--graph"))).to.include("needs exactly one of");
    expect(await failure(show("--lits"))).to.match(/unknown option '--lits'[^]*--list/);
  });
});
