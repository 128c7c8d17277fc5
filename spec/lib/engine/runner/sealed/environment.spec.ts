import { expect } from "chai";
import { readEnvironment, sameEnvironment } from "#engine/runner/sealed/environment.ts";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { changedSources } from "#engine/runner/sealed/sources.ts";
import { temporaryFolder } from "../../temporary.ts";

describe("the environment that a plan is based on", () => {
  const folder = temporaryFolder();
  const seal = () => Seal.of(folder);
  const reading = (...names: string[]) => Object.assign(globalThis, { kubeplayReadVariables: () => names });
  const before = Object.getOwnPropertyDescriptor(globalThis, "kubeplayReadVariables");
  afterEach(() => {
    Reflect.deleteProperty(globalThis, "kubeplayReadVariables");
    if (before) Object.defineProperty(globalThis, "kubeplayReadVariables", before);
  });

  it("is what the modules have read, by name, and no value in clear", () => {
    reading("STAGE", "TOKEN");
    const read = readEnvironment(seal, { STAGE: "test", TOKEN: "hunter2", OTHER: "x" });
    expect(Object.keys(read)).to.deep.equal(["environment variable STAGE", "environment variable TOKEN"]);
    expect(JSON.stringify(read)).to.not.include("hunter2");
  });

  it("is nothing if the modules run uncompiled, and then no key is made", () => {
    Reflect.deleteProperty(globalThis, "kubeplayReadVariables");
    const none = () => expect.fail("a key was asked for");
    expect(readEnvironment(none, { STAGE: "test" })).to.deep.equal({});
  });

  it("differs by the variables that have changed, were set or were unset since, and by no other", () => {
    reading("A", "B", "C", "D");
    const then = readEnvironment(seal, { A: "same", B: "old", D: "gone" });
    const now = sameEnvironment(then, seal, { A: "same", B: "new", C: "", E: "never read" });
    expect(changedSources(then, now)).to.deep.equal(
      ["B", "C", "D"].map((name) => `environment variable ${name} has changed`),
    );
    expect(sameEnvironment(then, seal, { A: "same", B: "old", D: "gone" })).to.deep.equal(then);
  });

  it("tells two variables of the same value apart, and is that of the process by default", () => {
    reading("KUBEPLAY_SPEC_A", "KUBEPLAY_SPEC_B");
    const { KUBEPLAY_SPEC_A, KUBEPLAY_SPEC_B } = process.env;
    Object.assign(process.env, { KUBEPLAY_SPEC_A: "1", KUBEPLAY_SPEC_B: "1" });
    try {
      const read = readEnvironment(seal);
      expect(new Set(Object.values(read)).size).to.equal(2);
      expect(sameEnvironment(read, seal)).to.deep.equal(read);
      expect(sameEnvironment(read, seal, { KUBEPLAY_SPEC_A: "1", KUBEPLAY_SPEC_B: "1" })).to.deep.equal(read);
    } finally {
      for (const [name, value] of Object.entries({ KUBEPLAY_SPEC_A, KUBEPLAY_SPEC_B }))
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
    }
  });
});
