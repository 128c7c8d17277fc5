import { expect } from "chai";
import { unknown, type Difference, type Step } from "#engine/tasks/resource.ts";
import { allSteps, changeFor, markStale, settle } from "#engine/runner/execute/change.ts";
import { compare, isDrift, type Drift } from "#engine/runner/execute/compare.ts";
import type { States } from "#engine/runner/state/states.ts";
import { Lamps, red, type LampResource } from "./lamps.ts";

describe("a change", () => {
  let lamps: Lamps;
  let states: States;
  beforeEach(() => {
    lamps = new Lamps();
    states = lamps.states();
  });

  const driftOf = async (change: Partial<LampResource> = {}): Promise<Drift> => {
    const compared = await compare({ ...lamps.lamp, ...change }, red, { states, ahead: () => [], showBefore: false });
    if (!isDrift(compared)) throw new Error("nothing differs");
    return compared;
  };
  const onController: Step = { onController: () => Promise.resolve() };
  const known = () => [states.has(lamps.colour("hall")), states.has(lamps.volts("hall"))];

  it("has its own steps, and those that several changes share after them", async () => {
    const alone = changeFor(await driftOf());
    expect([alone.steps, alone.last]).to.deep.equal([["paint hall red"], []]);
    const change = changeFor(await driftOf({ together: (found) => found.map(({ what }) => `settle ${what}`) }));
    expect([change.steps, change.last]).to.deep.equal([["paint hall red"], ["settle colour"]]);
    expect(allSteps(change)).to.deep.equal(["paint hall red", "settle colour"]);
  });

  describe("makes stale what it needs", () => {
    const steps = (...all: readonly Step[]) => ({ apply: () => all });
    const cases: Readonly<Record<string, readonly [Partial<LampResource>, readonly [boolean, boolean]]>> = {
      "on the host, by work on the host": [{}, [false, true]],
      "on both sides, by work on the controller": [steps(onController), [false, false]],
      "on both sides, by work on both": [steps("paint hall red", onController), [false, false]],
      "and makes, if it makes nothing but its subject": [
        { forecast: () => ({ volts: 5 }), makesOnlyItself: true },
        [true, true],
      ],
      "and makes on the controller, if it makes nothing but its subject": [
        { forecast: () => ({ volts: 5 }), makesOnlyItself: true, ...steps(onController) },
        [true, false],
      ],
      "and what else it touches": [
        { forecast: () => ({}), makesOnlyItself: true, effects: () => [{ kind: "volts" }] },
        [true, false],
      ],
    };
    for (const [what, [change, expected]] of Object.entries(cases))
      it(what, async () => {
        markStale(changeFor(await driftOf(change)), states);
        expect(known()).to.deep.equal(expected);
      });
  });

  describe("that was made", () => {
    const settled = async (change: Partial<LampResource> = {}) => {
      const made = changeFor(await driftOf(change));
      states.forget();
      await states.ask(Object.values(made.needs));
      return settle(made, states, [{ stdout: "painted", stderr: "", code: 0 }]);
    };
    const messageOf = (change: Partial<LampResource>) =>
      settled(change).then(
        () => "it converged",
        (error: unknown) => (error as Error).message,
      );

    it("has its differences and its output", async () => {
      const drift = driftOf();
      await drift;
      lamps.colours.set("hall", "red");
      const { found } = await drift;
      states.forget();
      await states.ask([lamps.colour("hall"), lamps.volts("hall")]);
      expect(settle(changeFor(await drift), states, [])).to.deep.equal({
        outcome: "changed",
        differences: found,
        output: "red",
      });
    });

    it("gives the results of its steps to its output", async () => {
      const always: Difference = { what: "paint", before: undefined, after: "it", always: true };
      const evaluation = await settled({ diff: () => [always], output: (_now, _p, results) => results[0]?.stdout });
      expect(evaluation).to.deep.equal({ outcome: "changed", differences: [always], output: "painted" });
    });

    it("is none if it only waits", async () => {
      const always: Difference = { what: "time", before: undefined, after: "later", always: true };
      const evaluation = await settled({ diff: () => [always], waits: true, output: () => "in time" });
      expect(evaluation).to.deep.equal({ outcome: "ok", differences: [], output: "in time" });
    });

    const left: Readonly<Record<string, Partial<Difference>>> = {
      "colour is absent, expected red": {},
      "colour is absent, expected known after apply": { after: unknown },
      'colour is {"a":1}, expected 7': { before: { a: 1 }, after: 7 },
      "colour is not as wanted": { secret: true },
      "paint is absent, expected red": { shownAs: "paint" },
    };
    for (const [message, change] of Object.entries(left))
      it(`did not converge: ${message}`, async () => {
        const diff = () => [{ what: "colour", before: undefined, after: "red", ...change }];
        expect(await messageOf({ diff })).to.equal(`did not converge: ${message}`);
      });

    it("did not converge where one of several differences is left, whose texts of several lines are not shown", async () => {
      const differences: Difference[] = [
        { what: "one", before: "a\nb", after: "x" },
        { what: "two", before: "x", after: "a\nb" },
        { what: "three", before: 1, after: 2, always: true },
      ];
      expect(await messageOf({ diff: () => differences })).to.equal(
        "did not converge: one is not as wanted; two is not as wanted",
      );
    });
  });
});
