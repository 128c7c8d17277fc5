import { expect } from "chai";
import { defineQuery } from "#engine/queries/define.ts";
import { AnswerBook, differing } from "#engine/runner/sealed/answers.ts";
import { canonical } from "#engine/runner/sealed/canonical.ts";
import { Seal } from "#engine/runner/sealed/seal.ts";
import { temporaryFolder } from "../../temporary.ts";

const ask = () => "";
const parse = () => new Map();
const size = defineQuery<unknown>({ kind: "size", ask, parse });
const weather = defineQuery<unknown>({ kind: "weather", ask, parse, volatile: true });
const milk = defineQuery<unknown>({ kind: "milk", ask, parse, passing: ["daysLeft"] });

describe("the answers that a plan is based on", () => {
  const folder = temporaryFolder();
  const book = (...answers: readonly (readonly [ReturnType<typeof size>, unknown])[]) => {
    const made = new AnswerBook(Seal.of(folder), (name) => name.replace("secret", "***"));
    for (const [query, state] of answers) made.take("a", query, state);
    return made.of("a");
  };

  it("differ where a state does, whatever the order of its properties", () => {
    const then = book([size("x"), { a: 1, b: [2] }], [size("y"), 1]);
    expect(differing(then, book([size("x"), { b: [2], a: 1 }], [size("y"), 2]))).to.deep.equal(["size y"]);
  });

  it("tell of nothing that was not asked again, nor of what is new", () => {
    expect(differing(book([size("x"), 1]), book([size("y"), 1]))).to.deep.equal([]);
  });

  it("are the first of each query: later ones may be of the run's own doing", () => {
    expect(differing(book([size("x"), 1]), book([size("x"), 1], [size("x"), 2]))).to.deep.equal([]);
  });

  it("are those of each user, as another one may see something else", () => {
    const asked = (kim: unknown): ReturnType<AnswerBook["of"]> => {
      const made = new AnswerBook(Seal.of(folder), (name) => name);
      made.take("a", size("x"), 1);
      made.take("a", size("x"), kim, "kim");
      made.take("a", size("y"), 1, "kim");
      return made.of("a");
    };
    expect(differing(asked(2), asked(2))).to.deep.equal([]);
    expect(differing(asked(2), asked(3))).to.deep.equal(["size x, as kim"]);
    expect(differing(asked(1), book([size("x"), 2]))).to.deep.equal(["size x"]);
  });

  it("leave out what changes by itself: volatile queries, and days that pass", () => {
    expect(book([weather("here"), "rain"])).to.deep.equal({});
    const then = book([milk("x"), { kind: "whole", daysLeft: 3 }]);
    expect(differing(then, book([milk("x"), { kind: "whole", daysLeft: 2 }]))).to.deep.equal([]);
    expect(differing(then, book([milk("x"), { kind: "skimmed", daysLeft: 3 }]))).to.deep.equal(["milk x"]);
  });

  it("are kept as digests, under names without secrets and without end", () => {
    const kept = JSON.stringify(book([size("my secret"), "hunter2"], [size("long ".repeat(100)), 1]));
    expect(kept).to.include("size my ***").and.not.include("secret").and.not.include("hunter2");
    expect(kept.length).to.be.lessThan(600);
  });

  it("differ between nothing, dates, bytes and numbers", () => {
    const all = [undefined, 0, "0", 0n, [], {}, new Date(0), new Uint8Array([0]), new Map([[0, 0]]), new Set([0])];
    expect(new Set(all.map(canonical)).size).to.equal(all.length);
    expect(canonical(new Date(0))).not.to.equal(canonical(new Date(1)));
  });
});
