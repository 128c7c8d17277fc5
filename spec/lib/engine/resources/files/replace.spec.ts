import { expect } from "chai";
import { replace } from "kubeplay";
import { subject } from "../one-resource.ts";
import { edits, shown } from "./edits.ts";

const path = "/etc/apt/sources.list";
const task = (match: string, by: string) => replace("r", { path, match, with: by });

describe("the resource replace", () => {
  const table: readonly [string, string, string, string, string][] = [
    ["replaces every match", "old", "new", "old old\nold\n", "new new\nnew\n"],
    ["takes over groups of the match", "http://(\\S+)", "https://$1", "deb http://a/b c\n", "deb https://a/b c\n"],
    ["takes ^ and $ for the ends of a line", "^#(.*)$", "$1", "#a\nb #c\n", "a\nb #c\n"],
    ["changes nothing if nothing matches", "x", "y", "a", "a"],
    ["changes nothing if the replacement is there already", "^port .*$", "port 2", "port 2\n", "port 2\n"],
    ["keeps a text that has no line end", "a", "b", "a", "b"],
  ];
  for (const [name, match, by, before, after] of table)
    it(name, () => {
      edits(task(match, by), before, after);
    });

  it("shows the lines that change", () => {
    expect(shown(task("b", "x"), "a\nb\nc\n")).to.deep.equal([{ what: "text", before: "b", after: "x" }]);
  });

  it("refuses a pattern that matches again what it put there", () => {
    expect(() => shown(task("a", "aa"), "a\n")).to.throw('"a" matches what it is replaced with, so each run would');
  });

  it("rejects an invalid pattern before anything is asked", () => {
    expect(() => subject(task("(", "x"))).to.throw(`${path}: match: Invalid regular expression`);
  });
});
