import { expect } from "chai";
import { effect, unknown, type Difference } from "#engine/tasks/resource.ts";
import { compare, isCurrent, isDrift, isQuery, type CompareOptions } from "#engine/runner/execute/compare.ts";
import type { States } from "#engine/runner/state/states.ts";
import { Lamps, red, type LampResource } from "./lamps.ts";

describe("a comparison", () => {
  let lamps: Lamps;
  let states: States;
  beforeEach(() => {
    lamps = new Lamps();
    states = lamps.states();
  });
  const compared = (change: Partial<LampResource> = {}, options: Partial<CompareOptions> = {}) =>
    compare({ ...lamps.lamp, ...change }, red, { states, ahead: () => [], showBefore: false, ...options });
  const drift = async (change: Partial<LampResource> = {}, options: Partial<CompareOptions> = {}) => {
    const found = await compared(change, options);
    if (!isDrift(found)) throw new Error("nothing differs");
    return found;
  };

  it("asks for what is not known, and for what comes later in the same write", async () => {
    await compared({}, { ahead: () => [lamps.colour("cellar")] });
    expect(lamps.log).to.have.members(["ask hall cellar", "look hall"]);
    await compared({}, { ahead: () => [lamps.colour("attic")] });
    expect(lamps.log, "all is known").to.have.length(2);
  });

  it("asks again if the answer was made stale before it was read", async () => {
    let times = 0;
    const ask = states.ask.bind(states);
    states.ask = async (...args) => {
      await ask(...args);
      if (++times === 1) states.forget();
    };
    expect(isDrift(await compared())).to.equal(true);
    expect(times).to.equal(2);
  });

  it("has the differences and what the change will touch, by these differences", async () => {
    const { found, effects, now, props } = await drift({
      effects: (p, found) => [effect(lamps.colour(p.name), found.map(({ what }) => what).join())],
    });
    expect(found).to.deep.equal([{ what: "colour", before: undefined, after: "red" }]);
    expect(effects).to.deep.equal([effect(lamps.colour("hall"), "colour")]);
    expect([now, props]).to.deep.equal([{ colour: undefined, volts: undefined }, red]);
    expect((await drift()).effects).to.deep.equal([]);
  });

  it("is ok with its output where nothing differs", async () => {
    lamps.colours.set("hall", "red");
    const ok = { outcome: "ok", differences: [], output: "red" };
    expect(await compared({ effects: () => ["everything"] })).to.deep.equal(ok);
  });

  it("tells warnings in either case", async () => {
    const told: string[] = [];
    const warnings: LampResource["warnings"] = (now) => [`it is ${now.colour ?? "unpainted"}`];
    await compared({ warnings }, { warn: (message) => told.push(message) });
    lamps.colours.set("hall", "red");
    states.forget();
    await compared({ warnings }, { warn: (message) => told.push(message) });
    expect(told).to.deep.equal(["it is unpainted", "it is red"]);
    expect(await compared({ warnings })).to.include({ outcome: "ok" });
  });

  it("is a change, known after apply, where an answer is only a forecast, and makes unknown what that touches", async () => {
    states.forecast([effect(lamps.colour("hall"), unknown)]);
    const effects: LampResource["effects"] = (p, found) => {
      expect([p, found]).to.deep.equal([red, []]);
      return [effect(lamps.colour("cellar"), "dark")];
    };
    expect(await compared({ effects })).to.deep.equal({
      outcome: "changed",
      differences: [{ what: "known after apply", before: undefined, after: undefined }],
      output: undefined,
    });
    expect(states.get(lamps.colour("cellar"))).to.equal("dark");
    expect(await compared({ waits: true })).to.deep.equal({ outcome: "ok", differences: [], output: undefined });
  });

  it("tolerates a read that fails only where it is told to, and only of what reads", async () => {
    const diff = (): never => {
      throw new Error("there is no lamp");
    };
    const messageOf = (change: Partial<LampResource>, toleratesFailedReads: boolean) =>
      compared({ diff, ...change }, { toleratesFailedReads }).then(
        ({ ...all }) => all,
        (error: unknown) => (error as Error).message,
      );
    expect(await messageOf({ reads: true }, true)).to.deep.equal({ outcome: "ok", differences: [], output: undefined });
    expect(await messageOf({ reads: true }, false)).to.equal("there is no lamp");
    expect(await messageOf({}, true)).to.equal("there is no lamp");
  });

  describe("whose answers may have been forgotten", () => {
    it("holds as long as they are the same", async () => {
      const found = await drift();
      expect(isCurrent(found, states)).to.equal(true);
      states.forget();
      expect(isCurrent(found, states), "forgotten").to.equal(false);
      await states.ask(Object.values(found.needs));
      expect(isCurrent(found, states), "and asked again").to.equal(true);
      lamps.power.set("hall", 5);
      states.forget();
      await states.ask(Object.values(found.needs));
      expect(isCurrent(found, states), "and one is another").to.equal(false);
    });

    it("does not hold after another run was at work, although they are known", async () => {
      const found = await drift();
      states.tookOver();
      await states.ask(Object.values(found.needs));
      expect(isCurrent(found, states)).to.equal(false);
      expect(isCurrent(await drift(), states)).to.equal(true);
    });
  });

  describe("with a state before that nobody asked for", () => {
    const diff = (): Difference[] => [
      { what: "colour", before: lamps.colour("cellar"), after: "red" },
      { what: "size", before: 1, after: 2 },
    ];
    it("asks for it if it will be shown, and says else that it is not known", async () => {
      lamps.colours.set("cellar", "blue");
      expect((await drift({ diff }, { showBefore: true })).found.map(({ before }) => before)).to.deep.equal([
        "blue",
        1,
      ]);
      states.forget();
      lamps.log.splice(0);
      expect((await drift({ diff })).found.map(({ before }) => before)).to.deep.equal([unknown, 1]);
      expect(lamps.log.join()).to.not.include("cellar");
    });

    it("takes for a query what is one, and nothing else", () => {
      expect(isQuery(lamps.colour("x"))).to.equal(true);
      for (const value of [undefined, null, "of key", 1, {}, { of: 1 }, { key: "x" }, []])
        expect(isQuery(value), JSON.stringify(value)).to.equal(false);
    });
  });
});
