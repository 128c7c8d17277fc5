import { expect } from "chai";
import { command, daemonReload, file, read, template, wait, type Task } from "kubeplay";
import { fakeConnection } from "#engine/connection/fake.ts";
import { effect, requirement, unknown, type Action, type Step } from "#engine/tasks/resource.ts";
import { compare, isDrift } from "#engine/runner/execute/compare.ts";
import { checkMode, runMode, type ActOptions, type ChangeOptions } from "#engine/runner/execute/mode.ts";
import type { States } from "#engine/runner/state/states.ts";
import { Lamps, red, type LampResource } from "./lamps.ts";

describe("a task whose properties need an output that does not exist", () => {
  const changing: Readonly<Record<string, Task>> = {
    file: file("Write", { dest: "/x", content: "" }),
    template: template("Write", { dest: "/x", src: "x.hbs" }),
    command: command("Run", { run: "true" }),
    action: daemonReload("Reload", {}),
  };
  const reading: Readonly<Record<string, Task>> = {
    read: read("Read", { run: "true" }),
    wait: wait("Wait", { until: "true" }),
  };

  for (const [kind, task] of Object.entries(changing))
    it(`is a change in a check, known after apply: ${kind}`, () => {
      const { outcome, differences } = checkMode.withoutOutput(task);
      expect(outcome).to.equal("changed");
      expect(differences).to.have.length(1);
    });

  for (const [kind, task] of Object.entries(reading))
    it(`is no change in a check if it only reads or waits: ${kind}`, () =>
      expect(checkMode.withoutOutput(task)).to.deep.equal({ outcome: "ok" }));

  for (const [kind, task] of Object.entries({ ...changing, ...reading }))
    it(`fails in a run, because the other task was left out: ${kind}`, () =>
      expect(runMode(fakeConnection("a", [])).withoutOutput(task)).to.deep.equal({
        outcome: "failed",
        message: "it needs the output of a task that did not run",
      }));

  it("can be changed in a run alone", () => {
    const writer = fakeConnection("a", []);
    expect(runMode(writer).writer).to.equal(writer);
    expect(checkMode.writer).to.equal(undefined);
  });
});

describe("the way of a task", () => {
  let lamps: Lamps;
  let states: States;
  let log: string[];
  beforeEach(() => {
    lamps = new Lamps();
    states = lamps.states();
    log = lamps.log;
  });

  const driftOf = async (change: Partial<LampResource> = {}) => {
    const resource = { ...lamps.lamp, ...change };
    const compared = await compare(resource, red, { states, ahead: () => [], showBefore: false });
    if (!isDrift(compared)) throw new Error("nothing differs");
    log.splice(0);
    return compared;
  };
  const textOf = (steps: readonly Step[] | undefined) =>
    steps?.map((step) => (typeof step === "string" ? step : "code"));
  const options = (change: Partial<ChangeOptions> = {}): ChangeOptions => ({
    states,
    ahead: () => [],
    progress: () => undefined,
    lock: (steps) => {
      log.push(`lock for ${String(textOf(steps))}`);
      return Promise.resolve(() => log.push("release"));
    },
    begin: (found, steps) => {
      log.push(`begin ${found.map(({ what }) => what).join()}: ${String(textOf(steps))}`);
      return Promise.resolve();
    },
    ...change,
  });
  const messageOf = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );

  describe("through a change of a run", () => {
    const change = async (of: Partial<LampResource> = {}, how: Partial<ChangeOptions> = {}) =>
      runMode(lamps.writer).change(await driftOf(of), options(how));

    it("locks, begins, makes it, looks again and releases", async () => {
      const evaluation = await change({ together: () => ["settle"] });
      expect(evaluation).to.deep.include({ outcome: "changed", output: "red" });
      expect(log).to.deep.equal([
        "lock for paint hall red,settle",
        "begin colour: paint hall red,settle",
        "paint hall red",
        "settle",
        "ask hall",
        "release",
      ]);
    });

    it("begins nothing if the answers no longer hold once it has the lock, and releases", async () => {
      const lock = () => {
        states.tookOver();
        return Promise.resolve(() => log.push("release"));
      };
      expect(await change({}, { lock })).to.equal(undefined);
      expect(log).to.deep.equal(["release"]);
    });

    it("neither locks nor begins for a wait, which needs no answers that still hold", async () => {
      const waiting = await driftOf({ waits: true });
      states.tookOver();
      const evaluation = await runMode(lamps.writer).change(waiting, options());
      expect(evaluation).to.deep.equal({ outcome: "ok", differences: [], output: "red" });
      expect(log[0]).to.equal("paint hall red");
    });

    it("releases after a failure, and makes nothing if it may not begin", async () => {
      lamps.fails = { code: 3, stderr: "no paint" };
      expect(await messageOf(change())).to.equal("exit code 3: no paint");
      expect(log.at(-1)).to.equal("release");
      const begin = () => Promise.reject(new Error("not in the plan"));
      expect(await messageOf(change({}, { begin }))).to.equal("not in the plan");
      expect(log).to.deep.equal(["lock for paint hall red", "release"]);
    });

    it("is no change if its answer says so", async () => {
      const told: unknown[] = [];
      const judge: LampResource["judge"] = ([result], props) => {
        told.push(result?.stdout, props);
        return "ok";
      };
      expect(await change({ judge })).to.deep.equal({ outcome: "ok", differences: [], output: "red" });
      expect(told).to.deep.equal(["paint hall red", red]);
      lamps.colours.clear();
      states.forget();
      expect(await change({ judge: () => "changed" })).to.include({ outcome: "changed" });
    });

    it("asks for later tasks in the same look, and works without a lock", async () => {
      const { lock, begin, ...rest } = options();
      expect([lock, begin]).to.not.include(undefined);
      await runMode(lamps.writer).change(await driftOf(), { ...rest, ahead: () => [lamps.colour("cellar")] });
      expect(log).to.deep.equal(["paint hall red", "ask hall cellar"]);
    });
  });

  describe("through an action", () => {
    const painting: Action<{ readonly colour: string }> = {
      kind: "painting",
      label: ({ colour }) => colour,
      steps: ({ colour }) => [`paint hall ${colour}`],
    };
    const act = (how: Partial<ActOptions> = {}, mode = runMode(lamps.writer)) =>
      mode.act(painting, { colour: "blue" }, {
        ...options(),
        renew: (steps) => {
          log.push(`renew after ${String(textOf(steps))}`);
          return Promise.resolve();
        },
        ...how,
      } as ActOptions);

    it("locks, begins, acts, releases, connects anew if it must, and forgets the host", async () => {
      await states.ask([lamps.colour("hall"), lamps.volts("hall")]);
      log.splice(0);
      expect(await act()).to.equal(true);
      expect(log).to.deep.equal([
        "lock for paint hall blue",
        "begin : paint hall blue",
        "paint hall blue",
        "release",
        "renew after paint hall blue",
      ]);
      expect([states.has(lamps.colour("hall")), states.has(lamps.volts("hall"))]).to.deep.equal([false, true]);
    });

    it("does nothing if another run was at work while it waited for the lock", async () => {
      const lock = () => {
        states.tookOver();
        return Promise.resolve(() => log.push("release"));
      };
      expect(await act({ lock })).to.equal(false);
      expect(log).to.deep.equal(["release"]);
    });

    it("releases after a failure, and needs neither approval nor a lock", async () => {
      expect(await act({ lock: () => Promise.resolve(undefined), begin: undefined })).to.equal(true);
      lamps.fails = { code: 3, stderr: "no paint" };
      expect(await messageOf(act())).to.equal("exit code 3: no paint");
      expect(log.at(-1)).to.equal("release");
    });

    it("is approved in a check, which acts not, and knows of nothing that is certainly missing after it", async () => {
      expect(states.missingIsCertain).to.equal(true);
      expect(await act({}, checkMode)).to.equal(true);
      expect(log).to.deep.equal(["begin : paint hall blue"]);
      expect(states.missingIsCertain).to.equal(false);
      expect(await act({ begin: undefined }, checkMode)).to.equal(true);
    });
  });

  describe("through a change of a check", () => {
    const foretold = async (of: Partial<LampResource> = {}, how: Partial<ChangeOptions> = {}) =>
      checkMode.change(await driftOf(of), options(how));

    it("is approved with the steps, if they are known, and takes none of them", async () => {
      expect(await foretold()).to.deep.include({ outcome: "changed", output: "red" });
      expect(log).to.deep.equal(["begin colour: paint hall red"]);
      states = lamps.states();
      const apply = (): never => {
        throw new Error("it builds on what is not there");
      };
      await foretold({ apply });
      expect(log).to.deep.equal(["begin colour: undefined"]);
    });

    it("is none for a wait, which nobody approves, but whose end is believed in", async () => {
      const evaluation = await foretold({ waits: true });
      expect(evaluation).to.deep.equal({ outcome: "ok", differences: [], output: undefined });
      expect(log).to.deep.equal([]);
      expect(states.get(lamps.colour("hall"))).to.equal("red");
    });

    it("leaves the states that it forecasts, and what it touches", async () => {
      await foretold({
        forecast: () => ({ colour: "red", other: 1 }),
        effects: () => [effect(lamps.colour("cellar"), "dark"), effect(lamps.colour("hall"), "overruled")],
      });
      expect(states.get(lamps.colour("hall"))).to.equal("red");
      expect(states.get(lamps.colour("cellar"))).to.equal("dark");
      expect(states.get(lamps.volts("hall")), "as it is").to.equal(undefined);
    });

    it("may have made anything if it touches everything, unless it makes nothing but its subject", async () => {
      await foretold({ effects: () => ["everything"], makesOnlyItself: true });
      expect(states.missingIsCertain).to.equal(true);
      states = lamps.states();
      await foretold({ effects: () => ["everything"] });
      expect(states.missingIsCertain).to.equal(false);
    });

    it("has an output only if it is known", async () => {
      expect(await foretold({ forecast: () => ({ colour: unknown }) })).to.include({ output: undefined });
      states = lamps.states();
      expect(await foretold({ judge: () => "changed" })).to.include({ output: undefined });
      states = lamps.states();
      lamps.power.set("hall", 5);
      const output: LampResource["output"] = ({ colour, volts }) => `${String(colour)} ${String(volts)}`;
      expect(await foretold({ output })).to.include({ output: "red 5" });
    });

    describe("that requires what nobody makes", () => {
      const requires =
        (remedy?: string): NonNullable<LampResource["requires"]> =>
        ({ name }, now) => [
          requirement(lamps.colour("paint"), (found) => (found ? undefined : `no paint for ${name}`), remedy),
          requirement(lamps.volts("hall"), () => (now ? undefined : "it was asked without the state")),
        ];

      it("fails, with what to do", async () => {
        expect(await messageOf(foretold({ requires: requires() }))).to.equal(
          "no paint for hall, and no earlier task makes it",
        );
        expect(await messageOf(foretold({ requires: requires("buy some") }))).to.equal(
          "no paint for hall, and no earlier task makes it: buy some",
        );
      });

      it("does not fail if it is there, or an earlier task makes it or may do so", async () => {
        lamps.colours.set("paint", "red");
        expect(await messageOf(foretold({ requires: requires() }))).to.equal("none");
        lamps.colours.clear();
        for (const forecast of [effect(lamps.colour("paint"), unknown), "everything"] as const) {
          states = lamps.states();
          states.forecast([forecast]);
          expect(await messageOf(foretold({ requires: requires() }))).to.equal("none");
        }
      });
    });
  });
});
