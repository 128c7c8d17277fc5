import { expect } from "chai";
import fc from "fast-check";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { readPlan, writePlan, type SealedPlan } from "#engine/runner/sealed/sealed-plan.ts";
import { PlayError } from "#engine/errors.ts";
import { always } from "../../../../always.ts";
import { hostileBytes, hostileText } from "../../../../hostile.ts";
import { temporaryFolder } from "../../temporary.ts";

const plan: SealedPlan = {
  kubeplay: "1",
  made: "2026-01-01T00:00:00Z",
  playbook: "site",
  given: { inventory: ["hosts.yaml"], tags: [], skipTags: [], extraVars: [] },
  sources: { "hosts.yaml": "x" },
  environment: {},
  inventory: {},
  hosts: { a: { changes: [], answers: {} } },
};

const hostile: SealedPlan = {
  ...plan,
  hosts: { constructor: { changes: [], answers: {} }, b: { failed: "\u2028\u0000 {{x}}", changes: [], answers: {} } },
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

  const bytes = fc.record({
    at: fc.nat(),
    length: fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 40 })),
    by: fc.oneof(
      hostileBytes,
      fc.constantFrom("{", "[", "]", '"', ",", "\\", "__proto__").map((text) => Buffer.from(text)),
    ),
    isCut: fc.boolean(),
  });
  always(
    "is refused, or means the same, after any of its bytes were altered",
    bytes,
    async ({ at, length, by, isCut }) => {
      await writePlan(file, hostile, Seal.of(folder));
      const whole = readFileSync(file);
      const place = at % whole.length;
      const rest = isCut ? Buffer.alloc(0) : whole.subarray(place + length);
      writeFileSync(file, Buffer.concat([whole.subarray(0, place), by, rest]));
      const said = errorOf();
      if (said === "") expect(readPlan(file, Seal.of(folder))).to.deep.equal(hostile);
      else expect(said).to.match(/is no plan|is not as it was sealed/);
    },
  );

  always(
    "is read as it was written, whatever the names of hosts and contents",
    fc.tuple(hostileText, hostileText),
    async ([name, text]) => {
      const own = { ...plan, hosts: Object.fromEntries([[name, { changes: [], answers: {}, failed: text }]]) };
      await writePlan(file, own, Seal.of(folder));
      expect(readPlan(file, Seal.of(folder))).to.deep.equal(own);
    },
    { runs: 50 },
  );

  it("is refused with lists that no stack can hold", () => {
    writeFileSync(file, `{"seal":"x","plan":{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`);
    expect(errorOf()).to.match(/is no plan|is not as it was sealed/);
  });

  it("is neither sealed nor read with a key that was cut off", () => {
    const other = path.join(folder, "cut");
    Seal.of(other);
    for (const key of ["", "00", "x".repeat(64)]) {
      writeFileSync(path.join(other, ".kubeplay/seal.key"), key);
      expect(() => Seal.of(other)).to.throw(PlayError, "is damaged");
    }
  });

  it("is refused where it is something else, or not there", () => {
    expect(errorOf(path.join(folder, "none"))).to.include("cannot be read");
    for (const text of ["", "no JSON", "null", "[]", '{"plan":{}}', '{"seal":1,"plan":{}}']) {
      writeFileSync(file, text);
      expect(errorOf(), text).to.include("is no plan");
    }
  });
});
