import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { compiledModules, reachedFrom } from "#engine/runner/sealed/modules.ts";
import { temporaryFolder } from "../../temporary.ts";

describe("the modules of a compiled program", () => {
  const folder = temporaryFolder();
  const { kubeplayModules: before } = globalThis;
  afterEach(() => {
    globalThis.kubeplayModules = before;
  });

  it("are read from the file that the compiler wrote; none if the program runs uncompiled", () => {
    globalThis.kubeplayModules = undefined;
    expect(compiledModules()).to.deep.equal({});
    const modules = { "/site.ts": { digest: "x", imports: [] } };
    globalThis.kubeplayModules = path.join(folder, "modules.json");
    writeFileSync(globalThis.kubeplayModules, JSON.stringify(modules));
    expect(compiledModules()).to.deep.equal(modules);
  });

  it("are reached from entries through imports, in circles too, and others are not", () => {
    const modules = {
      a: { digest: "a", imports: ["b", "node:fs"] },
      b: { digest: "b", imports: ["a", "c"] },
      c: { digest: "c", imports: [] },
      d: { digest: "d", imports: ["a"] },
    };
    const reached = (...entries: string[]) => [...reachedFrom(entries, modules).keys()].sort();
    expect(reached("a")).to.deep.equal(["a", "b", "c"]);
    expect(reached("c", "d")).to.deep.equal(["a", "b", "c", "d"]);
    expect(reached("none")).to.deep.equal([]);
    expect(reachedFrom(["c"], modules).get("c")).to.equal(modules.c);
  });
});
