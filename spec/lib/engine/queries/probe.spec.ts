import { expect } from "chai";
import { probe } from "#engine/queries/probe.ts";
import { ask } from "./ask.ts";

describe("the query probe", () => {
  it("answers each condition, and none of them affects another", async () => {
    const conditions = [
      "true",
      "false",
      "exit 0",
      "echo noise; echo more >&2",
      "if",
      "cat",
      '[ "it\'s" = "it\'s" ]',
      "PATH=; cd /; set -e; false; true",
      "true",
    ];
    expect(await ask(conditions.map(probe))).to.deep.equal([true, false, true, true, false, true, true, false, true]);
  });

  it("is asked again after each change", () => {
    expect(probe("true").of.volatile).to.be.true;
  });
});
