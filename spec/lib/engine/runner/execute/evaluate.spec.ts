import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { fakeConnection } from "#engine/connection/fake.ts";
import { defineQuery } from "#engine/queries/define.ts";
import { differences, effect, unknown, type Difference, type Resource } from "#engine/tasks/resource.ts";
import { evaluate, type EvaluateOptions } from "#engine/runner/execute/evaluate.ts";
import { checkMode, runMode } from "#engine/runner/execute/mode.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";

/** A lamp that is asked on the controller, so that no host is needed. */
const lamps = new Map<string, string>();
const asked: string[] = [];
const lamp = defineQuery<string | undefined>({
  kind: "lamp",
  get: (keys) => {
    asked.push(...keys);
    return Promise.resolve(new Map(keys.map((key) => [key, lamps.get(key)])));
  },
});

interface Props {
  readonly name: string;
  readonly colour: string;
}
type Lamp = Resource<Props, { lamp: string | undefined }, { lamp: string }, string | undefined>;
const lampResource: Lamp = {
  kind: "lamp",
  label: ({ name }) => name,
  needs: ({ name }) => ({ lamp: lamp(name) }),
  diff: (now, { colour }) => differences({ colour: [now.lamp, colour] }),
  apply: (_found, _now, { name, colour }) => [
    { onController: () => Promise.resolve(lamps.set(name, colour)).then(() => undefined) },
  ],
  forecast: (_now, { colour }) => ({ lamp: colour }),
  output: (now) => now.lamp,
};
const props = { name: "hall", colour: "red" };

function options(change: Partial<EvaluateOptions> = {}): EvaluateOptions {
  const writer = fakeConnection("a", []);
  return {
    states: new States(writer, new Overlay(), new Overlay()),
    mode: runMode(writer),
    progress: () => undefined,
    ahead: () => [],
    showBefore: false,
    ...change,
  };
}

describe("a task's evaluation", () => {
  beforeEach(() => {
    lamps.clear();
    asked.splice(0);
  });

  it("is ok where nothing differs, with its output", async () => {
    lamps.set("hall", "red");
    expect(await evaluate(lampResource, props, options())).to.deep.equal({
      outcome: "ok",
      differences: [],
      output: "red",
    });
  });

  it("changes what differs, looks again, and gives the output of afterwards", async () => {
    const { outcome, differences: found, output } = await evaluate(lampResource, props, options());
    expect([outcome, output]).to.deep.equal(["changed", "red"]);
    expect(found).to.deep.equal([{ what: "colour", before: undefined, after: "red" }]);
    expect(asked).to.deep.equal(["hall", "hall"]);
  });

  it("tells of the differences before the first step", async () => {
    let then: string | undefined = "never told";
    await evaluate(lampResource, props, options({ begin: () => Promise.resolve(void (then = lamps.get("hall"))) }));
    expect(then).to.equal(undefined);
  });

  it("changes nothing where the forecast answers, and gives the same", async () => {
    const check = options({ mode: checkMode });
    expect(await evaluate(lampResource, props, check)).to.deep.equal({
      outcome: "changed",
      differences: [{ what: "colour", before: undefined, after: "red" }],
      output: "red",
    });
    expect(lamps.size).to.equal(0);
    expect((await evaluate(lampResource, props, check)).outcome, "the second sees what the first would make").to.equal(
      "ok",
    );
  });

  it("is a change, known after apply, where what it needs is unknown", async () => {
    const check = options({ mode: checkMode });
    check.states.forecast([effect(lamp("hall"), unknown)]);
    const { outcome, differences: found } = await evaluate(lampResource, props, check);
    expect(outcome).to.equal("changed");
    expect(found.map(({ what }) => what)).to.deep.equal(["known after apply"]);
  });

  it("of a read that fails is unknown in a check, because what it reads may not exist yet, and an error in a run", async () => {
    const diff = (): never => {
      throw new TaskError("there is no lamp");
    };
    const reading: Lamp = { ...lampResource, diff, reads: true };
    const checked = await evaluate(reading, props, options({ mode: checkMode }));
    expect(checked).to.deep.equal({ outcome: "ok", differences: [], output: undefined });
    const failure = await evaluate(reading, props, options()).catch((error: unknown) => error);
    expect(failure).to.be.an.instanceof(TaskError);
    const readable = await evaluate({ ...reading, diff: () => [] }, props, options({ mode: checkMode }));
    expect(readable, "a read that succeeds").to.include({ outcome: "ok" });
  });

  it("did not converge where a difference is left", async () => {
    const broken: Lamp = { ...lampResource, apply: () => [] };
    const error = await evaluate(broken, props, options()).catch((error: unknown) => error);
    expect(String(error)).to.equal("TaskError: did not converge: colour is absent, expected red");
  });

  it("names no secret that did not converge", async () => {
    const diff = (now: object, p: Props): Difference[] =>
      lampResource.diff({ lamp: undefined, ...now }, p).map((one) => ({ ...one, secret: true }));
    const error = await evaluate({ ...lampResource, diff, apply: () => [] }, props, options()).catch((e: unknown) => e);
    expect(String(error)).to.equal("TaskError: did not converge: colour is not as wanted");
  });

  it("never counts a wait as a change", async () => {
    const wait = { ...lampResource, waits: true };
    expect((await evaluate(wait, props, options())).outcome).to.equal("ok");
    lamps.clear();
    expect((await evaluate(wait, props, options({ mode: checkMode }))).outcome).to.equal("ok");
  });

  it("is always a change where it has nothing to compare with, and is not looked at again", async () => {
    const doing: Resource<object, object, object, void> = {
      kind: "doing",
      label: () => "",
      needs: () => ({}),
      diff: () => [{ what: "run", before: undefined, after: "it" }],
      apply: () => [],
      forecast: () => ({}),
    };
    expect((await evaluate(doing, {}, options())).outcome).to.equal("changed");
  });

  it("asks what a difference was before only where it will be shown", async () => {
    const diff = (now: { lamp: string | undefined }, p: Props): Difference[] =>
      now.lamp === p.colour ? [] : [{ what: "content", before: lamp("shade"), after: p.colour }];
    lamps.set("shade", "linen");
    const shown = await evaluate({ ...lampResource, diff }, props, options({ showBefore: true }));
    expect(shown.differences[0]?.before).to.equal("linen");
    lamps.delete("hall");
    asked.splice(0);
    await evaluate({ ...lampResource, diff }, props, options());
    expect(asked).not.to.include("shade");
  });

  it("hears what its queries wait for, and ends their wait with the run", async () => {
    const slow = defineQuery<string>({
      kind: "slow lamp",
      get: (keys, wait) => {
        wait?.progress("the lamp warms up");
        if (wait?.stopping()) throw new Error("the run was stopped");
        return Promise.resolve(new Map(keys.map((key) => [key, "red"])));
      },
    });
    const slowResource = { ...lampResource, needs: () => ({ lamp: slow("hall") }) };
    const said: string[] = [];
    const progress = (line: string) => said.push(line);
    await evaluate(slowResource, props, options({ progress }));
    expect(said).to.deep.equal(["the lamp warms up"]);
    const stopped = await evaluate(slowResource, props, options({ stopping: () => true })).catch(String);
    expect(stopped).to.equal("Error: the run was stopped");
  });
});
