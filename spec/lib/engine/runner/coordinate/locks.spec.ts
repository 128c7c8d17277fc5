import { existsSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { LockState, Writer } from "#engine/connection/types.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { fakeConnection } from "#engine/connection/fake.ts";
import type { Step } from "#engine/tasks/resource.ts";
import { Locks } from "#engine/runner/coordinate/locks.ts";
import { nothingOwed, type Owed } from "#engine/runner/handlers/owed.ts";
import type { LiveHost } from "#engine/runner/state/live-hosts.ts";
import type { WantedLock } from "#engine/connection/lock-script.ts";
import { temporaryFolder } from "../../temporary.ts";

const onHost: Step = "touch /x";
const onController: Step = { onController: () => Promise.resolve() };

/** Hosts whose locks other runs may have. */
class Hosts {
  /** Every take and every release, in order. */
  readonly log: string[] = [];
  /** The holder of each host's lock. */
  readonly holders = new Map<string, string>();
  readonly states = new Map<string, LockState>();
  /** The last holder that each host reports. */
  last = "";
  /** What the hosts print after that. */
  printed = "";
  /** Hosts whose lock an ordinary user claims to have. */
  readonly unsure = new Set<string>();
  /** What was asked of each host. */
  readonly wanted: (readonly [host: string, WantedLock])[] = [];

  writer(name: string, local = false): Writer {
    const { log, holders, states, unsure, wanted } = this;
    const last = () => `${this.last}\n${this.printed}`;
    return {
      ...fakeConnection(name, []),
      ...(local && { local: true }),
      tryLock: (asked) => {
        const { holder, besideOthers } = asked;
        wanted.push([name, asked]);
        const by = holders.get(name);
        const isFree = by === undefined || by === holder || (unsure.has(name) && besideOthers === true);
        log.push(isFree ? `take ${name}` : `try ${name}`);
        if (isFree) {
          holders.set(name, holder);
          states.set(name, "held");
        }
        const refused = `${unsure.has(name) ? "beside" : "held"} ${by ?? ""}\n`;
        return Promise.resolve({ stdout: isFree ? `taken 7 ${last()}\n` : refused, stderr: "", code: 0 });
      },
      unlock: () => {
        log.push(`free ${name}`);
        holders.delete(name);
        states.set(name, "none");
        return Promise.resolve();
      },
      close: () => Promise.resolve(void log.push(`close ${name}`)),
      get lockState() {
        return states.get(name) ?? "none";
      },
    };
  }

  live(name: string, { local = false, user = "root", machineId = name, lastHolder = "" } = {}): LiveHost {
    return {
      writer: this.writer(name, local),
      facts: { ...assumedFacts(name), user, machineId },
      lastHolder,
      owed: nothingOwed,
    };
  }
}

describe("a run's locks", () => {
  let hosts: Hosts;
  let notices: string[];
  let forgotten: (string | undefined)[];
  let owed: (Owed | undefined)[];
  const folder = temporaryFolder();
  const controllerFile = path.join(folder, "project", "lock");

  beforeEach(() => {
    hosts = new Hosts();
    [notices, forgotten, owed] = [[], [], []];
  });

  const locks = ({ holder = "me", patience = 60, stopping = false, file = controllerFile } = {}) => {
    const made = new Locks(
      {
        holder,
        patience,
        controllerFile: file,
        controller: () => hosts.writer("controller", true),
      },
      { notice: (notice) => notices.push(notice), stopping: () => stopping },
    );
    made.othersWereAtWork = (host, list) => {
      forgotten.push(host);
      owed.push(list);
    };
    return made;
  };
  const errorOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );

  it("are taken once a host, when it is first changed", async () => {
    const all = locks();
    const [a, b] = [hosts.live("a"), hosts.live("b")];
    await Promise.all([all.before([onHost], "a", a), all.before([onHost], "a", a), all.before([onHost], "b", b)]);
    await all.before([onHost], "a", a);
    expect(hosts.log).to.deep.equal(["take a", "take b"]);
    await all.release();
    expect(hosts.holders.size).to.equal(0);
  });

  it("of the controller is not taken again by the shell of another user, who may not open its file", async () => {
    const all = locks();
    await all.before([onHost], "localhost", hosts.live("localhost", { local: true, user: "another user" }));
    expect(hosts.log).to.deep.equal(["take controller"]);
    await all.release();
  });

  it("are of the controller for what is done there, by whichever host's task", async () => {
    const all = locks();
    const [a, here] = [hosts.live("a"), hosts.live("localhost", { local: true, user: userInfo().username })];
    await all.before([onController], "a", a);
    expect(hosts.log).to.deep.equal(["take controller"]);
    await all.before([onController, onHost], "a", a);
    expect(hosts.log).to.deep.equal(["take controller", "take a"]);
    await all.before([onHost], "localhost", here);
    expect(hosts.log, "its shell holds it too").to.deep.equal(["take controller", "take a", "take localhost"]);
    await all.release();
  });

  it("are held by the shells of each user that a host is played on as", async () => {
    const all = locks();
    await all.before([onHost], "a", hosts.live("a"));
    await all.before([onHost], "a", hosts.live("a", { user: "debian" }));
    expect(hosts.log).to.deep.equal(["take a", "take a"]);
    await all.release();
  });

  it("are those of the whole batch, before the first change", async () => {
    const all = locks();
    const batch = ["c", "a", "b"].map((name): [string, LiveHost] => [name, hosts.live(name)]);
    all.startBatch(batch);
    expect(hosts.log, "nothing to change, no lock").to.deep.equal([]);
    await all.before([onHost], "b", new Map(batch).get("b") ?? hosts.live("b"));
    expect(hosts.log).to.deep.equal(["take a", "take b", "take c"]);
    await all.release();
  });

  it("have the same order in every run, also on clones of one image", async () => {
    for (const names of [
      ["a", "b"],
      ["b", "a"],
    ]) {
      hosts = new Hosts();
      const all = locks();
      const batch = names.map((name): [string, LiveHost] => [name, hosts.live(name, { machineId: "image" })]);
      all.startBatch(batch);
      await all.before([onHost], "a", new Map(batch).get("a") ?? hosts.live("a"));
      expect(hosts.log).to.deep.equal(["take a", "take b"]);
      await all.release();
    }
  });

  it("that come later in the order are given back while another run has one", async () => {
    const all = locks();
    const batch = ["x", "y", "z"].map((name, index): [string, LiveHost] => [
      name,
      // Another order than that of the names.
      hosts.live(name, { machineId: String(9 - index) }),
    ]);
    hosts.holders.set("y", "you");
    all.startBatch(batch);
    const taking = all.before([onHost], "x", batch[0]?.[1] ?? hosts.live("x"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(hosts.log).to.deep.equal(["take z", "try y", "take x", "free x", "try y"]);
    hosts.holders.delete("y");
    await taking;
    expect(hosts.log.slice(5)).to.deep.equal(["take y", "take x"]);
    await all.release();
  });

  it("of two runs never wait for each other", async () => {
    for (const machines of [
      ["1", "2"],
      ["2", "1"],
    ]) {
      hosts = new Hosts();
      const [a, b] = ["a", "b"].map((name, index) => hosts.live(name, { machineId: machines[index] ?? "" }));
      if (!a || !b) throw new Error("two hosts");
      const work = async (holder: string, first: string): Promise<void> => {
        const all = locks({ holder });
        all.startBatch([
          ["a", a],
          ["b", b],
        ]);
        const order =
          first === "a"
            ? ([
                ["a", a],
                ["b", b],
              ] as const)
            : ([
                ["b", b],
                ["a", a],
              ] as const);
        await Promise.all(order.map(([name, live]) => all.before([onHost], name, live)));
        expect([...hosts.holders.values()]).to.deep.equal([holder, holder]);
        await all.release();
      };
      await Promise.all([work("me", "a"), work("you", "b")]);
    }
  });

  it("let the other hosts of the batch go on if one cannot be had", async () => {
    const all = locks({ patience: 0 });
    const [a, b] = [hosts.live("a"), hosts.live("b")];
    hosts.holders.set("a", "you");
    all.startBatch([
      ["a", a],
      ["b", b],
    ]);
    expect(await errorOf(all.before([onHost], "a", a))).to.include("a is locked by you");
    await all.before([onHost], "b", b);
    expect(await errorOf(all.before([onHost], "a", a)), "it is not tried again").to.include("a is locked by you");
    expect(hosts.log, "nor does it block others any longer").to.deep.equal([
      "try a",
      "take b",
      "free b",
      "free a",
      "take b",
    ]);
    await all.release();
  });

  it("tell who has to wait for whom, and not every second", async () => {
    hosts.holders.set("a", "you");
    const all = locks();
    setTimeout(() => hosts.holders.delete("a"), 1500);
    await all.before([onHost], "a", hosts.live("a"));
    expect(notices).to.have.length(1);
    expect(notices[0]).to.match(/^Waiting for a: it is locked by you \(\d+ of 60 s\)$/);
    await all.release();
  });

  it("tell what must be read again", async () => {
    const all = locks();
    hosts.last = "free somebody";
    await all.before([onHost], "a", hosts.live("a", { lastHolder: "free somebody" }));
    expect(forgotten, "nobody since").to.deep.equal([]);
    await all.before([onHost], "b", hosts.live("b", { lastHolder: "free nobody" }));
    expect(forgotten).to.deep.equal(["b"]);
    hosts.last = "held somebody";
    await all.before([onHost], "c", hosts.live("c", { lastHolder: "held somebody" }));
    expect(forgotten, "it was killed").to.deep.equal(["b", "c"]);
    await all.before([onController], "c", hosts.live("c"));
    expect(forgotten).to.deep.equal(["b", "c", undefined]);
    hosts.last = "free somebody";
    await all.letGo("a");
    await all.before([onHost], "a", hosts.live("a", { lastHolder: "free somebody" }));
    expect(forgotten, "it was let go").to.deep.equal(["b", "c", undefined, "a"]);
    await all.release();
  });

  it("that were lost let nothing more be done", async () => {
    const all = locks();
    await all.before([onHost], "a", hosts.live("a"));
    hosts.states.set("a", "lost");
    expect(await errorOf(all.before([onHost], "a", hosts.live("a")))).to.include("the lock on a was lost");
    await all.release();
  });

  describe("of the controller", () => {
    const turn = () => new Promise((resolve) => setTimeout(resolve, 50));

    it("is free as soon as the steps there have ended, and is not read again by the same run", async () => {
      const all = locks();
      const a = hosts.live("a");
      const [first, second] = [
        await all.before([onController], "a", a),
        await all.before([onController], "b", hosts.live("b")),
      ];
      first();
      await turn();
      expect(hosts.log, "one is still at work").to.deep.equal(["take controller"]);
      second();
      await turn();
      expect(hosts.log).to.deep.equal(["take controller", "free controller"]);
      hosts.last = "free me";
      forgotten = [];
      (await all.before([onController], "a", a))();
      expect(forgotten).to.deep.equal([]);
      await all.release();
    });

    it("is taken after those of hosts, in whichever order two runs need them", async () => {
      const [mine, yours] = [locks({ patience: 5 }), locks({ holder: "you", patience: 5 })];
      const [a, here] = [hosts.live("a"), hosts.live("localhost", { local: true, user: "another user" })];
      mine.startBatch([["localhost", here]]);
      await mine.before([onHost], "localhost", here);
      yours.startBatch([["a", a]]);
      mine.startBatch([["a", a]]);
      await yours.before([onHost], "a", a);
      const done: string[] = [];
      const second = mine.before([onHost], "a", a).then(() => done.push("me"));
      const first = yours.before([onController], "a", a).then(async (release) => {
        done.push("you");
        release();
        await yours.release();
      });
      await Promise.all([first, second]);
      expect(done).to.deep.equal(["you", "me"]);
      await mine.release();
    });

    it("is taken after those of the batch if the controller is one of its hosts", async () => {
      const all = locks();
      const [a, here] = [hosts.live("a"), hosts.live("localhost", { local: true, user: userInfo().username })];
      all.startBatch([
        ["localhost", here],
        ["a", a],
      ]);
      await all.before([onHost], "localhost", here);
      expect(hosts.log).to.deep.equal(["take a", "take controller", "take localhost"]);
      await all.release();
    });
  });

  it("of earlier batches are given back while another run has one that is needed now", async () => {
    const [mine, yours] = [locks({ patience: 5 }), locks({ holder: "you", patience: 5 })];
    const [a, b] = [hosts.live("a"), hosts.live("b")];
    mine.startBatch([["b", b]]);
    await mine.before([onHost], "b", b);
    yours.startBatch([["a", a]]);
    await yours.before([onHost], "a", a);
    for (const all of [mine, yours])
      all.startBatch([
        ["a", a],
        ["b", b],
      ]);
    const done: string[] = [];
    const second = mine.before([onHost], "a", a).then(() => done.push("me"));
    const first = yours.before([onHost], "b", b).then(async () => {
      done.push("you");
      await yours.release();
    });
    await Promise.all([first, second]);
    expect(done).to.deep.equal(["you", "me"]);
    expect(forgotten, "another run was at work there").to.include("b");
    await mine.release();
  });

  it("of another user of a host follow the one that the run has there already", async () => {
    const all = locks();
    const joined: (number | undefined)[] = [];
    const [root, kim] = [hosts.live("a"), hosts.live("a", { user: "kim" })];
    const tryLock: Writer["tryLock"] = (wanted) => {
      joined.push(wanted.joins);
      return root.writer.tryLock?.(wanted) ?? Promise.reject(new Error("no lock"));
    };
    const writer = Object.create(root.writer, { tryLock: { value: tryLock } }) as Writer;
    const seeing = { ...root, writer };
    all.startBatch([["a", kim]]);
    await all.before([onHost], "a", seeing);
    expect(joined, "the play's own user is locked first").to.deep.equal([7]);
    await all.release();
  });

  it("are taken beside a user's who cannot keep others waiting, and the run says so", async () => {
    hosts.holders.set("a", "kim");
    hosts.unsure.add("a");
    const all = locks({ patience: 0 });
    await all.before([onHost], "a", hosts.live("a"));
    expect(notices).to.deep.equal(["Not waiting longer for a: kim may be at work there too"]);
    expect(forgotten, "kim may have changed it").to.deep.equal(["a"]);
    await all.release();
  });

  it("are not waited for by a run that is interrupted", async () => {
    hosts.holders.set("a", "you");
    const all = locks({ stopping: true });
    expect(await errorOf(all.before([onHost], "a", hosts.live("a")))).to.equal(
      "a is locked by you; the run was interrupted while it waited",
    );
    await all.release();
  });

  it("are taken anew where the shell that held one was ended by the run itself", async () => {
    const all = locks();
    const [a, b] = [hosts.live("a"), hosts.live("b")];
    all.startBatch([["a", a]]);
    await all.before([onHost], "a", a);
    hosts.states.set("a", "none");
    await all.before([onHost], "a", a);
    expect(hosts.log).to.deep.equal(["take a", "take a"]);
    hosts.states.set("a", "none");
    all.startBatch([
      ["a", a],
      ["b", b],
    ]);
    await all.before([onHost], "b", b);
    expect(hosts.log.slice(2)).to.deep.equal(["free a", "take a", "take b"]);
    await all.release();
  });

  it("that are held are not taken again by a later batch, and neither is one that was lost", async () => {
    const all = locks();
    const [a, b, c] = [hosts.live("a"), hosts.live("b"), hosts.live("c")];
    all.startBatch([
      ["a", a],
      ["b", b],
    ]);
    await all.before([onHost], "a", a);
    hosts.states.set("b", "lost");
    all.startBatch([
      ["a", a],
      ["b", b],
      ["c", c],
    ]);
    await all.before([onHost], "c", c);
    expect(await errorOf(all.before([onHost], "b", b))).to.include("the lock on b was lost");
    all.startBatch([["a", a]]);
    await all.before([onHost], "a", a);
    expect(hosts.log).to.deep.equal(["take a", "take b", "take c"]);
    await all.release();
  });

  it("of one host are let go, of all its users, and those of others stay", async () => {
    const all = locks();
    for (const [name, user] of [
      ["a", "root"],
      ["a", "kim"],
      ["b", "root"],
    ] as const)
      // prettier-ignore
      await all.before([onHost], name, hosts.live(name, { user }));
    hosts.log.splice(0);
    await all.letGo("a");
    expect(hosts.log).to.deep.equal(["free a", "free a"]);
    await all.release();
    expect(hosts.log.slice(2)).to.deep.equal(["free b"]);
  });

  it("have the handlers read that a host is owed by now, where the run is root", async () => {
    const list = { at: 1, handlers: ["app\0Restart"] };
    hosts.printed = JSON.stringify(list);
    const all = locks();
    await all.before([onHost], "a", hosts.live("a", { lastHolder: "somebody else" }));
    await all.before([onHost], "b", hosts.live("b", { lastHolder: "somebody else", user: "kim" }));
    hosts.last = "free you";
    await all.before([onController], "a", hosts.live("a"));
    expect(forgotten).to.deep.equal(["a", "b", undefined]);
    expect(owed).to.deep.equal([list, undefined, undefined]);
    const [onA, , here] = hosts.wanted.map(([, wanted]) => wanted);
    expect(onA?.thenRead).to.include("pending-handlers");
    expect(onA).to.include({ holder: "me", joins: undefined });
    expect(here).to.deep.equal({ holder: "me", file: controllerFile });
    await all.release();
  });

  it("of the controller are a file in a folder that is made, and tell whether its last holder is still the same", async () => {
    const file = path.join(folder, "own", "lock");
    const first = locks({ file });
    expect(existsSync(path.dirname(file)), "nothing to lock").to.equal(false);
    await first.before([onController], "a", hosts.live("a"));
    expect(existsSync(path.dirname(file))).to.equal(true);
    await first.release();
    expect(hosts.log).to.deep.equal(["take controller", "free controller", "close controller"]);
    writeFileSync(file, "free you\nmore\n");
    for (const [last, expected] of [
      ["free you", []],
      ["free her", [undefined]],
    ] as const) // prettier-ignore
    {
      forgotten = [];
      hosts.last = last;
      const all = locks({ file });
      (await all.before([onController], "a", hosts.live("a")))();
      expect(forgotten, last).to.deep.equal(expected);
      await all.release();
    }
  });

  it("of the controller that could not be had are tried again by the next who needs it", async () => {
    hosts.holders.set("controller", "you");
    const all = locks({ patience: 0 });
    const a = hosts.live("a");
    expect(await errorOf(all.before([onController], "a", a))).to.include("the controller is locked by you");
    hosts.holders.delete("controller");
    hosts.log.splice(0);
    const release = await all.before([onController], "a", a);
    release();
    await all.release();
    expect(hosts.log).to.deep.equal(["take controller", "free controller", "close controller"]);
  });
});
