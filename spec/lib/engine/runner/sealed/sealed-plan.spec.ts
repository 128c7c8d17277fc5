import { expect } from "chai";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { readPlan, writePlan, type SealedPlan } from "#engine/runner/sealed/sealed-plan.ts";
import { temporaryFolder } from "../../temporary.ts";

const plan: SealedPlan = {
  kubeplay: "1",
  made: "2026-01-01T00:00:00Z",
  playbook: "site",
  given: { inventory: "hosts.yaml", tags: [], skipTags: [], extraVars: [] },
  sources: { "hosts.yaml": "x" },
  environment: {},
  hosts: { a: { changes: [], answers: {} } },
};

describe("a plan's file", () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "plan");
  const errorOf = (from = file, seal = Seal.of(folder)): string => {
    try {
      readPlan(from, seal);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  beforeEach(() => writePlan(file, plan, Seal.of(folder)));

  it("is read as it was written, also when it was formatted anew", () => {
    expect(readPlan(file, Seal.of(folder))).to.deep.equal(plan);
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, "utf8"))));
    expect(readPlan(file, Seal.of(folder))).to.deep.equal(plan);
  });

  it("and its key are for their owner only", () =>
    [file, path.join(folder, ".kubeplay/seal.key")].forEach((name) =>
      expect(statSync(name).mode & 0o777, name).to.equal(0o600),
    ));

  it("is refused where anything in it was edited", () => {
    writeFileSync(file, readFileSync(file, "utf8").replace('"site"', '"reset"'));
    expect(errorOf()).to.include("is not as it was sealed");
  });

  it("is refused where another key has sealed it", () =>
    expect(errorOf(file, Seal.of(path.join(folder, "other")))).to.include("made in another project folder"));

  it("is refused where it is something else, or not there", () => {
    expect(errorOf(path.join(folder, "none"))).to.include("cannot be read");
    for (const text of ["", "no JSON", "null", "[]", '{"plan":{}}', '{"seal":1,"plan":{}}']) {
      writeFileSync(file, text);
      expect(errorOf(), text).to.include("is no plan");
    }
  });
});
