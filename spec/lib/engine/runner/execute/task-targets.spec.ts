import { expect } from "chai";
import type { Target, Upload, Writer } from "#engine/connection/types.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import type { Step } from "#engine/tasks/resource.ts";
import type { Locks } from "#engine/runner/coordinate/locks.ts";
import { asUser, TaskTargets, type TaskTargetsOptions } from "#engine/runner/execute/task-targets.ts";
import { nothingOwed } from "#engine/runner/handlers/owed.ts";
import type { LiveHost, LiveHosts } from "#engine/runner/state/live-hosts.ts";
import { Lamps } from "./lamps.ts";

describe("the user that a task is done by", () => {
  const target: Target = {
    name: "a",
    connection: "ssh",
    address: "192.0.2.1",
    port: 22,
    user: "debian",
    jumps: [],
    knownHostsFiles: [],
    hostKeyChecking: true,
    connectTimeout: 10,
  };
  const becoming = { ...target, become: { user: "postgres" } };
  const withPassword = { ...target, becomes: { password: "hunter2" } };

  it("is that of the inventory if neither the task nor the play names one", () => {
    expect(asUser(target, undefined, false)).to.equal(target);
    expect(asUser(becoming, undefined, false)).to.equal(becoming);
  });

  it("is root if the play becomes root, unless the inventory names another one", () => {
    expect(asUser(target, undefined, true)).to.deep.equal({ ...target, become: { user: "root" } });
    expect(asUser(becoming, undefined, true)).to.equal(becoming);
  });

  it("is the task's above all", () => {
    for (const isRoot of [true, false]) {
      expect(asUser(target, "kim", isRoot).become).to.deep.equal({ user: "kim" });
      expect(asUser(becoming, "kim", isRoot).become).to.deep.equal({ user: "kim" });
    }
  });

  it("is changed with the password of the inventory", () => {
    expect(asUser(withPassword, "kim", false).become).to.deep.equal({ user: "kim", password: "hunter2" });
  });
});

describe("where a task is done", () => {
  let lamps: Lamps;
  let log: string[];
  beforeEach(() => {
    lamps = new Lamps();
    log = [];
  });

  const live = (change: Partial<Writer> = {}, user = "root"): LiveHost => ({
    writer: { ...lamps.writer, ...change },
    facts: { ...assumedFacts("a"), user },
    lastHolder: "",
    owed: nothingOwed,
  });
  const hosts = (): LiveHosts =>
    ({
      reach: ({ name, become }: Target) => {
        log.push(`reach ${name} as ${String(become?.user)}`);
        return Promise.resolve(live());
      },
      renew: (name: string) => Promise.resolve(void log.push(`renew ${name}`)),
    }) as unknown as LiveHosts;
  const locks = () =>
    ({
      othersWereAtWork: () => undefined,
      startBatch: (all: Iterable<readonly [string, LiveHost]>) =>
        void log.push(`batch ${[...all].map(([name]) => name).join()}`),
      letGo: (host: string) => Promise.resolve(void log.push(`let go ${host}`)),
      before: (steps: readonly Step[], host: string) => {
        log.push(`lock ${host} for ${String(steps.length)}`);
        return Promise.resolve(() => log.push("release"));
      },
    }) as unknown as Locks;
  const targets = (change: Partial<TaskTargetsOptions> = {}) =>
    new TaskTargets({
      inventory: { target: (name: string) => ({ name }) as Target } as LoadedInventory,
      hosts: hosts(),
      check: false,
      ...change,
    });

  it("changes hosts in a run, and in a check cannot", () => {
    expect(targets().of("a", live()).mode.writer).to.not.equal(undefined);
    expect(targets({ check: true }).of("a", live()).mode.writer).to.equal(undefined);
  });

  it("tells each answer, with the host and the user if it is not the play's", async () => {
    const told: unknown[] = [];
    const all = targets({ answered: (host, query, state, user) => told.push([host, query.key, state, user]) });
    lamps.colours.set("hall", "red");
    for (const user of [undefined, "kim"]) await all.of("a", live(), user).states.ask([lamps.colour("hall")]);
    expect(told).to.deep.equal([
      ["a", "hall", "red", undefined],
      ["a", "hall", "red", "kim"],
    ]);
    await targets()
      .of("a", live())
      .states.ask([lamps.colour("hall")]);
  });

  it("forgets what another place of the same host changes, and not what one of another host does, in one play", async () => {
    const all = targets();
    const [one, kim, other] = [all.of("a", live()), all.of("a", live(), "kim"), all.of("b", live())];
    const known = () => [one, kim, other].map(({ states }) => states.has(lamps.colour("hall")));
    for (const { states } of [one, kim, other]) await states.ask([lamps.colour("hall")]);
    kim.states.changed([lamps.colour("hall")], []);
    expect(known()).to.deep.equal([false, false, true]);
    all.startPlay();
    const later = all.of("a", live());
    await later.states.ask([lamps.colour("hall")]);
    one.states.changed([lamps.colour("hall")], []);
    expect(later.states.has(lamps.colour("hall")), "of an earlier play").to.equal(true);
  });

  it("keeps the forecasts of a host through all plays", () => {
    const all = targets({ check: true });
    all.of("a", live()).states.forecast([{ query: lamps.colour("hall"), state: "red" }]);
    all.startPlay();
    expect(all.of("a", live()).states.get(lamps.colour("hall"))).to.equal("red");
    expect(all.of("b", live()).states.has(lamps.colour("hall"))).to.equal(false);
  });

  it("has the limit of its play", async () => {
    const limits: (number | undefined)[] = [];
    const upload = ({ timeout }: Upload) => Promise.resolve(void limits.push(timeout));
    const all = targets();
    const step: Upload = { content: { bytes: Buffer.from("") }, to: "/x", mode: 0o644 };
    all.startPlay(7);
    await all.of("a", live({ upload })).mode.writer?.upload(step);
    all.startPlay();
    await all.of("a", live({ upload })).mode.writer?.upload(step);
    expect(limits).to.deep.equal([7, undefined]);
  });

  it("is locked for the steps, if there are locks", async () => {
    const all = targets({ locks: locks() });
    all.startBatch([["a", live()]]);
    const release = await all.of("a", live()).lock(["true", "true"]);
    release?.();
    expect(log).to.deep.equal(["batch a", "lock a for 2", "release"]);
    const free = targets();
    free.startBatch([["a", live()]]);
    expect(await free.of("a", live()).lock(["true"])).to.equal(undefined);
  });

  it("lets its lock go before it connects anew, which holds it no more", async () => {
    const reconnect = (seconds?: number) => Promise.resolve(void log.push(`reconnect for ${String(seconds)}`));
    await targets({ locks: locks() }).of("a", live({ reconnect })).mode.writer?.reconnect?.(9);
    expect(log).to.deep.equal(["let go a", "reconnect for 9"]);
    expect(targets({ locks: locks() }).of("a", live()).mode.writer).to.not.have.property("reconnect");
  });

  it("is connected to anew after steps that have ended the connections, and after no others", async () => {
    const ends: Step = { overConnection: () => Promise.resolve(undefined), endsConnection: true };
    const { renew } = targets().of("a", live());
    await renew(["reboot", { sh: "true" }]);
    await renew(["true", ends]);
    expect(log).to.deep.equal(["renew a"]);
  });

  it("is reached once for each other host and user, as the play's user unless the task names one", async () => {
    const elsewhere = targets().elsewhere("a", true);
    const [b, kim, again] = await Promise.all([elsewhere("b"), elsewhere(undefined, "kim"), elsewhere("b")]);
    expect(log).to.deep.equal(["reach b as root", "reach a as kim"]);
    expect(again).to.equal(b);
    expect(kim).to.not.equal(b);
    await targets().elsewhere("a", false)("b");
    expect(log.at(-1)).to.equal("reach b as undefined");
  });

  describe("after another run was at work", () => {
    const owed = { at: 1, handlers: ["app\0Restart"] };
    const scene = async () => {
      const own = locks();
      const told: unknown[] = [];
      const all = targets({ locks: own, tookOver: (host, list) => told.push([host, list]) });
      const places = [all.of("a", live()), all.of("b", live()), all.of("c", live({ local: true }))];
      for (const { states } of places) await states.ask([lamps.colour("hall"), lamps.volts("hall")]);
      const known = () =>
        places.map(({ states }) => [states.has(lamps.colour("hall")), states.has(lamps.volts("hall"))]);
      return { own, told, known, places };
    };

    it("on a host knows nothing of it any more, and tells what it is owed", async () => {
      const { own, told, known, places } = await scene();
      own.othersWereAtWork("a", owed);
      expect(known()).to.deep.equal([
        [false, false],
        [true, true],
        [true, true],
      ]);
      expect(told).to.deep.equal([["a", owed]]);
      expect(places.map(({ states }) => states.epoch)).to.deep.equal([1, 0, 0]);
    });

    it("on the controller knows nothing of it any more, by whichever host, nor of the host that it is", async () => {
      const { own, told, known, places } = await scene();
      own.othersWereAtWork(undefined);
      expect(known()).to.deep.equal([
        [true, false],
        [true, false],
        [false, false],
      ]);
      expect(told).to.deep.equal([["c", undefined]]);
      expect(places.map(({ states }) => states.epoch)).to.deep.equal([0, 0, 1]);
    });

    it("on a host that has no part in the play tells what it is owed", () => {
      const own = locks();
      const told: unknown[] = [];
      targets({ locks: own, tookOver: (host) => told.push(host) });
      own.othersWereAtWork("a", owed);
      own.othersWereAtWork(undefined);
      expect(told).to.deep.equal(["a"]);
      targets({ locks: own });
      own.othersWereAtWork("a", owed);
    });
  });
});
