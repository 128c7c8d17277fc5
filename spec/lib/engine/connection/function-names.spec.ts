import { expect } from "chai";
import { takeScript } from "#engine/connection/lock-script.ts";
import { shellFunctions } from "#engine/connection/shell-functions.ts";
import { pathFunctions } from "#engine/shell/paths.ts";

describe("the functions of a connection's shell", () => {
  it("have a name of their own each: one shell defines them all, and the last of a name would stand for the others", () => {
    const scripts = [shellFunctions("nonce"), pathFunctions, takeScript({ holder: "a run" })];
    const names = scripts.flatMap((script) => [...script.matchAll(/\b(kubeplay_\w+)\(\)/g)].map(([, name]) => name));
    expect(names.length).to.be.above(20);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([]);
  });
});
