import { expect } from "chai";
import { Barriers } from "#engine/runner/coordinate/barriers.ts";
import { RunOnce } from "#engine/runner/coordinate/run-once.ts";
import { Throttles } from "#engine/runner/coordinate/throttles.ts";
import { FailureLimit } from "#engine/runner/failure-limit.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a barrier", () => {
  let barriers: Barriers;
  beforeEach(() => (barriers = new Barriers(new Map([["x", ["a", "b", "c"]]]))));
  const coming = () => [...barriers.coming("x")];

  it("is awaited for by the hosts that have it and have not come yet", () => {
    expect(coming()).to.deep.equal(["a", "b", "c"]);
    barriers.pass("x", "b");
    barriers.pass("y", "a");
    expect(coming()).to.deep.equal(["a", "c"]);
    barriers.ended("a");
    expect(coming()).to.deep.equal(["c"]);
    expect([...barriers.coming("y")]).to.deep.equal([]);
  });

  it("wakes those who wait with each host that comes or ends, and at once if nothing is awaited", async () => {
    await barriers.until(() => true);
    let woken = false;
    const waiting = barriers.until(() => coming().length <= 1).then(() => (woken = true));
    barriers.pass("x", "a");
    await turn();
    expect(woken).to.equal(false);
    barriers.ended("b");
    await waiting;
    expect(woken).to.equal(true);
  });
});

describe("a task that runs once", () => {
  const done = { host: "a", outcome: "changed", output: undefined };

  it("is run by the first host of its order that still comes", async () => {
    const barriers = new Barriers(new Map([["x", ["a", "b", "c"]]]));
    const once = new RunOnce(barriers);
    let second: unknown = "waiting";
    const waiting = once.turn("x", "b").then((shared) => (second = shared));
    expect(await once.turn("x", "a")).to.equal(undefined);
    await turn();
    expect(second).to.equal("waiting");
    barriers.ended("a");
    await waiting;
    expect(second, "the first was lost").to.equal(undefined);
  });

  it("is not run by the others, who get its result", async () => {
    const once = new RunOnce(new Barriers(new Map([["x", ["a", "b"]]])));
    const waiting = once.turn("x", "b");
    once.done("x", done);
    expect(await waiting).to.equal(done);
    expect(await once.turn("x", "a")).to.equal(done);
  });

  it("is run by a host that nobody else shares it with", async () =>
    expect(await new RunOnce(new Barriers(new Map())).turn("x", "a")).to.equal(undefined));
});

describe("a throttle", () => {
  it("lets so many hosts do a task at once, and counts each task for itself", async () => {
    const throttles = new Throttles();
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const work = (task: string) => async () => {
      running.set(task, (running.get(task) ?? 0) + 1);
      most.set(task, Math.max(most.get(task) ?? 0, running.get(task) ?? 0));
      await turn();
      running.set(task, (running.get(task) ?? 0) - 1);
      return task;
    };
    const all = ["x", "y"].flatMap((task) =>
      Array.from({ length: 5 }, () => throttles.run(task, task === "x" ? 2 : 3, work(task))),
    );
    expect(await Promise.all(all)).to.have.length(10);
    expect(Object.fromEntries(most)).to.deep.equal({ x: 2, y: 3 });
  });
});

describe("the limit of failures of a play", () => {
  const exceeded = (play: ConstructorParameters<typeof FailureLimit>[0], failures: number, hosts = 4) => {
    const limit = new FailureLimit(play, hosts);
    for (let count = 0; count < failures; count++) limit.count();
    return limit.isExceeded();
  };

  it("is exceeded by the first failure where any is fatal, and by none otherwise", () => {
    expect([0, 1].map((failures) => exceeded({ anyErrorsFatal: true }, failures))).to.deep.equal([false, true]);
    expect(exceeded({}, 4)).to.equal(false);
    expect(exceeded({ anyErrorsFatal: false }, 4)).to.equal(false);
  });

  it("is exceeded by more than its percentage of the hosts, and not by just that", () => {
    expect([1, 2, 3].map((failures) => exceeded({ maxFailPercentage: 50 }, failures))).to.deep.equal([
      false,
      false,
      true,
    ]);
    expect([0, 1].map((failures) => exceeded({ maxFailPercentage: 0 }, failures))).to.deep.equal([false, true]);
  });
});
