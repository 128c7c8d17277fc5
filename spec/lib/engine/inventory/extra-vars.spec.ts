import path from "node:path";
import { expect } from "chai";
import { InputError, type Problem } from "#engine/errors.ts";
import { Vault } from "#engine/vault/index.ts";
import { parseExtraVars } from "#engine/inventory/extra-vars.ts";
import { project, removeProjects } from "./project.ts";

afterEach(removeProjects);

const parse = (...given: string[]): { values: [string, unknown, boolean][]; said: string } => {
  const problems: Problem[] = [];
  const found = parseExtraVars(given, problems, new Vault());
  return {
    values: found.map(({ name, value, untyped = false }) => [name, value, untyped]),
    said: new InputError(problems).message,
  };
};

describe("--extra-vars", () => {
  const right: readonly (readonly [string, readonly [string, unknown, boolean][]])[] = [
    ["a=1", [["a", "1", true]]],
    [
      "a=1 b='x y' c=\"it's\"",
      [
        ["a", "1", true],
        ["b", "x y", true],
        ["c", "it's", true],
      ],
    ],
    ["a=", [["a", "", true]]],
    ["a=b=c", [["a", "b=c", true]]],
    [`a='{"b": [1, 2]}'`, [["a", '{"b": [1, 2]}', true]]],
    ['{"a": 1, "b": {"c": true}}', [["a", 1, false], ["b", { c: true }, false]]], // prettier-ignore
    ["{a: [1, x]}", [["a", [1, "x"], false]]],
    ["", []],
  ];
  for (const [text, expected] of right)
    it(`accepts ${text || "an empty value"}`, () => {
      expect(parse(text)).to.deep.equal({ values: expected, said: "" });
    });

  it("accepts a file, and knows the line of each variable", () => {
    const file = path.join(project({ "more.yaml": "a: 1\nb: 2\n" }), "more.yaml");
    const [, b] = parseExtraVars([`@${file}`], [], new Vault());
    expect(b).to.deep.include({ name: "b", value: 2, from: "--extra-vars", where: { file, line: 2, column: 1 } });
  });

  it("keeps the order of the command line", () => {
    expect(parse("a=1", "{a: 2}", "a=3").values.map(([, value]) => value)).to.deep.equal(["1", 2, "3"]);
  });

  const hint = "expected name=value, a map such as {name: value}, or @file.yaml";
  const wrong: readonly (readonly [string, string])[] = [
    ["hunter2", `--extra-vars: a word is not name=value; ${hint}`],
    ["a=my hunter2", `--extra-vars: a word is not name=value; ${hint}`],
    ["a='x", `--extra-vars: a ' is not closed; ${hint}`],
    ["[1]", "--extra-vars:1:1: --extra-vars: expected a map of variables"],
    ["{a: 1", "--extra-vars:1:6: YAML: Flow map must end with a }"],
    ["@/nowhere.yaml", "/nowhere.yaml: there is no such file"],
  ];
  for (const [text, message] of wrong)
    it(`rejects ${text} without showing possible secrets`, () => {
      expect(parse(text).said).to.equal(message);
    });
});
