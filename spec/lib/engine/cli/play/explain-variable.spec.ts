import path from "node:path";
import { expect } from "chai";
import { Type } from "typebox";
import { defineRole, play, playbook } from "kubeplay";
import { explainVariable } from "#engine/cli/play/explain-variable.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { Mask } from "#engine/runner/events/mask.ts";
import { Secret } from "#engine/schema/secret.ts";
import { seal, Vault } from "#engine/vault/index.ts";
import { problemsOf, project, removeProjects } from "../../inventory/project.ts";

afterEach(removeProjects);

const roleOf = (name: string) =>
  defineRole({
    name,
    description: "",
    vars: {
      port: Type.Integer({ default: 80 }),
      token: Type.Optional(Secret(Type.String())),
      word: Type.Optional(Type.String()),
      url: Type.Optional(Type.String()),
    },
    tasks: () => [],
  });
const web = roleOf("web");
const proxy = roleOf("proxy");

const secret = { label: "default", password: "pw" };
const sealed = seal(Buffer.from("geheim-word"), secret);

const files = {
  "inv/hosts.yaml": `
all:
  vars: {port: 81}
  children:
    g:
      hosts:
        h: {port: 84}
        i:
      vars:
        port: 82
        token: geheim-token
        url: http://me:geheim-token@here/
`,
  "group_vars/g.yaml": `port: 83\nword: !vault |\n${sealed.replace(/^/gm, "  ")}\n`,
};

function explain(
  name: string,
  { limit, extra = [], roles = [web] }: { limit?: string; extra?: string[]; roles?: (typeof web)[] } = {},
) {
  const root = project(files);
  const mask = new Mask();
  const vault = new Vault([secret], (text) => mask.add(text));
  const inventory = loadInventory({ file: path.join(root, "inv/hosts.yaml"), root, extraVars: extra, vault });
  const site = playbook([play({ name: "p", hosts: "all", roles })]);
  return explainVariable({ name, playbook: site, inventory, known: [web, proxy], limit, mask }).map((line) =>
    mask.cover(line),
  );
}

describe("--explain-var", () => {
  it("lists for each host every place that sets a variable, weakest first, and marks the one that wins", () =>
    expect(explain("port")).to.deep.equal([
      "h: port = 84",
      "    the default of role web         80",
      "    inv/hosts.yaml:3:10, group all  81",
      "    inv/hosts.yaml:10:9, group g    82",
      "    group_vars/g.yaml:1:1           83",
      "  > inv/hosts.yaml:7:13, host h     84",
      "i: port = 83",
      "    the default of role web         80",
      "    inv/hosts.yaml:3:10, group all  81",
      "    inv/hosts.yaml:10:9, group g    82",
      "  > group_vars/g.yaml:1:1           83",
    ]));

  it("respects a limit, and includes the values of role.with(…) and of the command line", () => {
    const lines = explain("port", { limit: "i", extra: ["port=86"], roles: [web.with({ port: 85 })] });
    expect(lines.slice(-3).map((line) => line.trim().replace(/ {2,}/, " "))).to.deep.equal([
      "group_vars/g.yaml:1:1 83",
      "role web (web.with(…)) 85",
      "> --extra-vars 86",
    ]);
    expect(lines[0]).to.equal("i: port = 86");
  });

  it("separates roles that have their own values", () => {
    const lines = explain("port", { limit: "i", roles: [web.with({ port: 85 }), proxy] });
    expect(lines.filter((line) => line.startsWith("i"))).to.deep.equal(["i (web): port = 85", "i (proxy): port = 83"]);
  });

  it("masks declared secrets, encrypted values, and a secret within another value", () => {
    expect(explain("token", { limit: "i" })[0]).to.equal("i: token = ********");
    expect(explain("word", { limit: "i" })[0]).to.equal("i: word = ********");
    expect(explain("url", { limit: "i" })[0]).to.equal('i: url = "http://me:********@here/"');
    for (const name of ["token", "word", "url"]) expect(explain(name).join("\n")).not.to.include("geheim");
  });

  it("reports a variable that is not set, or that does not exist", () => {
    const unset = defineRole({ name: "u", description: "", vars: { alone: Type.Integer() }, tasks: () => [] });
    const root = project(files);
    const inventory = loadInventory({ file: path.join(root, "inv/hosts.yaml"), root, vault: new Vault([secret]) });
    const asked = {
      playbook: [play({ name: "p", hosts: "h", roles: [unset] })],
      inventory,
      known: [unset],
      mask: new Mask(),
    };
    expect(explainVariable({ ...asked, name: "alone" })).to.deep.equal(["h: alone is not set"]);
    expect(problemsOf(() => explainVariable({ ...asked, name: "prot" }))).to.deep.equal([
      'there is no variable prot; did you mean "port"?',
    ]);
  });
});
