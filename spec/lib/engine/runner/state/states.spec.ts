import { expect } from "chai";
import { fakeConnection } from "#engine/connection/fake.ts";
import type { Reader } from "#engine/connection/types.ts";
import { TaskError, UnreachableError } from "#engine/errors.ts";
import { defineQuery } from "#engine/queries/define.ts";
import { path as pathQuery } from "#engine/queries/path.ts";
import { effect, unknown } from "#engine/tasks/resource.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { asError, isUnknown, States, touched } from "#engine/runner/state/states.ts";

const echo = (kind: string, volatile = false) =>
  defineQuery<string>({
    kind,
    ask: (keys) => `${kind} ${keys.join(" ")}`,
    parse: (stdout, keys) => {
      if (stdout.includes("garbled")) throw new Error("it is garbled");
      return new Map(keys.map((key) => [key, `${stdout.trim()}: ${key}`]));
    },
    volatile,
  });
const colour = echo("colour");
const size = echo("size");
const port = echo("port", true);
const gets: string[][] = [];
const onController = defineQuery<number>({
  kind: "length",
  get: (keys) => {
    gets.push([...keys]);
    if (keys.includes("broken")) return Promise.reject(new Error("the server is down"));
    return Promise.resolve(new Map(keys.map((key) => [key, key.length])));
  },
});

/** Answers each part of a script with the word it begins with, or with what it was told to say. */
function host(says: Readonly<Record<string, string>> = {}): Reader & { readonly scripts: string[] } {
  const scripts: string[] = [];
  return {
    ...fakeConnection("a", []),
    scripts,
    read: (script) => {
      scripts.push(script);
      const separator = /kubeplay-[0-9a-f]+/.exec(script)?.[0] ?? "";
      const kinds = [...script.matchAll(/^\(\n(\w+)/gm)].map(([, kind]) => kind ?? "");
      const stdout = kinds.map((kind) => `${says[kind] ?? kind}\n${separator}\n`).join("");
      return Promise.resolve({ stdout, stderr: "", code: 0 });
    },
  };
}

const statesOf = (reader: Reader) => new States(reader, new Overlay(), new Overlay());

async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error");
}

describe("the table of states", () => {
  beforeEach(() => gets.splice(0));

  it("asks for many subjects of many kinds in one write", async () => {
    const reader = host();
    const states = statesOf(reader);
    await states.ask([colour("x"), size("x"), colour("y"), onController("xyz"), colour("x")]);
    expect(reader.scripts).to.have.length(1);
    expect(reader.scripts[0]).to.include("colour x y\n").and.include("size x\n");
    expect(gets).to.deep.equal([["xyz"]]);
    expect(states.get(colour("y"))).to.equal("colour: y");
    expect(states.get(onController("xyz"))).to.equal(3);
  });

  it("asks again, on the controller as a host, what work on the other side of it made stale", async () => {
    const states = statesOf({ ...host(), local: true });
    const known = () => [states.has(colour("x")), states.has(onController("xyz"))];
    await states.ask([colour("x"), onController("xyz")]);
    states.changed([], [], { onController: true });
    expect(known(), "after work on the controller").to.deep.equal([false, true]);
    await states.ask([colour("x"), onController("xyz")]);
    states.changed([], []);
    expect(known(), "after work on the host").to.deep.equal([true, false]);
  });

  it("asks for what it does not know only", async () => {
    const reader = host();
    const states = statesOf(reader);
    await states.ask([colour("x"), onController("x")]);
    await states.ask([colour("x"), onController("x")]);
    await states.ask([colour("x"), colour("y")]);
    expect(reader.scripts).to.have.length(2);
    expect(reader.scripts[1]).to.include("colour y\n");
    expect(gets).to.have.length(1);
  });

  it("forgets after a change its subject, its effects and what is volatile, and nothing else", async () => {
    const states = statesOf(host());
    const all = [colour("x"), colour("y"), size("x"), port("80"), onController("x")];
    await states.ask(all);
    states.changed([colour("x")], [effect(size("x"), "small")]);
    expect(all.map((query) => states.has(query))).to.deep.equal([false, true, false, false, true]);
  });

  it("forgets all of the host and nothing of the controller after what may touch everything", async () => {
    const states = statesOf(host());
    const all = [colour("x"), size("y"), port("80"), onController("x")];
    await states.ask(all);
    states.changed([], ["everything"]);
    expect(all.map((query) => states.has(query))).to.deep.equal([false, false, false, true]);
  });

  describe("while an answer is on its way", () => {
    /** A host that answers when it is told to; what it says is what was there when it was asked. */
    const slow = () => {
      const fast = host();
      const said: (() => void)[] = [];
      const read: Reader["read"] = async (script) => {
        const answer = await fast.read(script);
        await new Promise<void>((resolve) => said.push(resolve));
        return answer;
      };
      return { reader: { ...fast, read }, scripts: fast.scripts, answer: () => said.shift()?.() };
    };
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const forgettings: Readonly<Record<string, [(states: States) => void, stale: string]>> = {
      "everything is forgotten": [(states) => states.forget(), "colour x y"],
      "its subject is changed": [(states) => states.changed([colour("x")], []), "colour x"],
      "its subject is touched": [(states) => states.changed([], [effect(colour("y"), "red")]), "colour y"],
      "its kind is touched": [(states) => states.changed([], [{ kind: "colour" }]), "colour x y"],
    };
    for (const [name, [forget, asked]] of Object.entries(forgettings))
      it(`does not believe it if ${name}, and asks again`, async () => {
        const { reader, scripts, answer } = slow();
        const states = statesOf(reader);
        const asking = states.ask([colour("x"), colour("y")]);
        await turn();
        forget(states);
        answer();
        await turn();
        expect(states.has(colour(asked.slice(7, 8)))).to.equal(false);
        expect(scripts[1]).to.include(`${asked}\n`);
        answer();
        await asking;
        expect(states.get(colour("x"))).to.equal("colour: x");
      });

    it("does not believe that of the controller", async () => {
      const gone: (() => void)[] = [];
      const late = defineQuery<number>({
        kind: "late",
        get: async (keys) => {
          await new Promise<void>((resolve) => gone.push(resolve));
          return new Map(keys.map((key) => [key, gone.length]));
        },
      });
      const states = statesOf(host());
      const asking = states.ask([late("x")]);
      await turn();
      states.tookOverController();
      gone[0]?.();
      await turn();
      gone[1]?.();
      await asking;
      expect(states.get(late("x"))).to.equal(2);
    });

    it("believes it if something else is changed", async () => {
      const { reader, scripts, answer } = slow();
      const states = statesOf(reader);
      const asking = states.ask([colour("x")]);
      await turn();
      states.changed([size("x")], [effect(colour("y"), "red")]);
      answer();
      await asking;
      expect(scripts).to.have.length(1);
    });
  });

  it("believes a forecast more than the host, and asks no more", async () => {
    const reader = host();
    const states = statesOf(reader);
    await states.ask([colour("x")]);
    states.forecast([effect(colour("x"), "red"), effect(colour("z"), unknown)]);
    await states.ask([colour("x"), colour("z")]);
    expect(reader.scripts).to.have.length(1);
    expect(states.get(colour("x"))).to.equal("red");
    expect(isUnknown(states.get(colour("z")))).to.equal(true);
  });

  it("shares what is forecast of the controller among hosts, and keeps what is forecast of one", () => {
    const controller = new Overlay();
    const [one, other] = [1, 2].map(() => new States(host(), new Overlay(), controller));
    one!.forecast([effect(onController("x"), 7), effect(colour("x"), "red")]);
    expect(other!.get(onController("x"))).to.equal(7);
    expect(other!.has(colour("x"))).to.equal(false);
  });

  it("does not let what is asked ahead stop the task at hand", async () => {
    const reader = host({ size: "garbled" });
    const states = statesOf(reader);
    await states.ask([colour("x")], [size("x"), onController("broken")]);
    expect(states.get(colour("x"))).to.equal("colour: x");
    expect(reader.scripts, "it was answered at once").to.have.length(1);
    const later = await errorOf(states.ask([size("x")]));
    expect(later.message).to.equal("The answer about size could not be read: it is garbled");
    expect((await errorOf(states.ask([onController("broken")]))).message).to.equal("the server is down");
  });

  it("asks again for a task's own where a question ahead spoilt the answer", async () => {
    const states = statesOf(host());
    await states.ask([onController("xy")], [onController("broken")]);
    expect(gets).to.deep.equal([["xy", "broken"], ["xy"]]);
    expect(states.get(onController("xy"))).to.equal(2);
  });

  it("does not ask a host again that was lost", async () => {
    let asked = 0;
    const lost: Reader = {
      ...fakeConnection("a", []),
      read: () => ((asked += 1), Promise.reject(new UnreachableError("a", "lost"))),
    };
    expect(await errorOf(statesOf(lost).ask([colour("x")], [size("x")]))).to.be.instanceOf(UnreachableError);
    expect(asked).to.equal(1);
  });

  it("says what the host said where it gave no answer at all", async () => {
    const mute = fakeConnection("a", [{ to: /./, result: { code: 127, stderr: "sh: not found\n" } }]);
    expect((await errorOf(statesOf(mute).ask([colour("x")]))).message).to.equal(
      "The host's state could not be read (exit code 127): sh: not found",
    );
  });

  it("says which answer is missing, or cannot be read, and keeps the others", async () => {
    const silent = defineQuery<string>({ kind: "silent", ask: () => "silent", parse: () => new Map() });
    const states = statesOf(host({ size: "garbled" }));
    const error = await errorOf(states.ask([size("x"), silent("y"), colour("z")]));
    expect(error.message).to.equal("The answer about size could not be read: it is garbled");
    expect(states.get(colour("z"))).to.equal("colour: z");
    expect((await errorOf(states.ask([silent("y")]))).message).to.equal("No answer to: silent y");
  });

  it("says with an answer that cannot be read what the host said beside it", async () => {
    const reader = host({ size: "garbled" });
    const states = statesOf({
      ...reader,
      read: async (script) => ({ ...(await reader.read(script)), stderr: "one\ntwo\n" }),
    });
    expect((await errorOf(states.ask([size("x")]))).message).to.equal(
      "The answer about size could not be read: it is garbled one\ntwo",
    );
  });

  it("fails whoever reads an answer that is an error, and tells nobody of it; and who reads what nobody asked", async () => {
    const failing = defineQuery<string>({
      kind: "failing",
      ask: () => "failing",
      parse: (_stdout, keys) => new Map(keys.map((key) => [key, key === "x" ? new TaskError("no access") : key])),
    });
    const told: unknown[] = [];
    const answered = (query: { readonly key: string }, state: unknown) => told.push([query.key, state]);
    const states = new States(host(), new Overlay(), new Overlay(), { answered });
    await states.ask([failing("x"), failing("y"), onController("abc")]);
    expect(() => states.get(failing("x"))).to.throw(TaskError, "no access");
    expect(told).to.have.deep.members([
      ["y", "y"],
      ["abc", 3],
    ]);
    expect(() => states.get(colour("x"))).to.throw("colour x: read before it was asked");
  });

  it("gives the limit of a task to the host, and what waits to the controller", async () => {
    const limits: unknown[] = [];
    const waits: unknown[] = [];
    const reader = host();
    const read: Reader["read"] = (script, options) => {
      limits.push(options?.timeout);
      return reader.read(script);
    };
    const waiting = defineQuery<string>({
      kind: "waiting",
      get: (keys, wait) => {
        waits.push(wait);
        return Promise.resolve(new Map(keys.map((key) => [key, ""])));
      },
    });
    const states = statesOf({ ...reader, read });
    const wait = { progress: () => undefined, stopping: () => false, timeout: 7 };
    await states.ask([colour("x"), waiting("x")], [], wait);
    await states.ask([colour("y"), waiting("y")]);
    expect(limits).to.deep.equal([7, undefined]);
    expect(waits).to.deep.equal([wait, undefined]);
  });

  it("changes what the host answers as it is forecast", async () => {
    const states = statesOf(host());
    states.forecast([{ kind: "colour", becomes: (state, key) => `${String(state)}, then ${key}` }]);
    await states.ask([colour("x"), size("x")]);
    expect(states.get(colour("x"))).to.equal("colour: x, then x");
    expect(states.get(size("x"))).to.equal("size: x");
  });

  it("is certain of what is missing until a change is forecast that may have made it", () => {
    const states = statesOf(host());
    states.forecast([effect(colour("x"), unknown), { kind: "colour" }]);
    expect(states.missingIsCertain).to.equal(true);
    states.forecast(["everything"]);
    expect(states.missingIsCertain).to.equal(false);
  });

  describe("beside those of other places", () => {
    const all = [colour("x"), port("80"), onController("x")];
    let peers: Set<States>;
    let everyone: Set<States>;
    beforeEach(() => ([peers, everyone] = [new Set(), new Set()]));
    /** Two of one host, and one of another. */
    const three = async (local = false) => {
      const made = [peers, peers, new Set<States>()].map(
        (own, index) =>
          new States({ ...host(), ...(local && index < 2 && { local }) }, new Overlay(), new Overlay(), {
            peers: own,
            everyone,
          }),
      ) as [States, States, States];
      for (const states of made) await states.ask(all);
      const known = () => made.map((states) => all.map((query) => states.has(query)));
      return { made, known };
    };
    const [nothing, noVolatile, noController, noneOfHost, everything] = [
      [false, false, false],
      [true, false, true],
      [true, true, false],
      [false, false, true],
      [true, true, true],
    ];

    it("forgets with its peers what a change makes stale, and nothing of other hosts", async () => {
      const { made, known } = await three();
      made[0].changed([], []);
      expect(known()).to.deep.equal([noVolatile, noVolatile, everything]);
      made[1].changed([colour("x")], []);
      expect(known()).to.deep.equal([noneOfHost, noneOfHost, everything]);
    });

    it("makes all others ask the controller again after a change there, or on it as a host", async () => {
      const { made, known } = await three();
      made[0].changed([], [], { onController: true });
      expect(known()[2]).to.deep.equal(noController);
      [peers, everyone] = [new Set(), new Set()];
      const local = await three(true);
      local.made[0].changed([], []);
      expect(local.known()).to.deep.equal([[true, false, false], [true, false, false], noController]);
      expect(local.made.map(({ isLocal }) => isLocal)).to.deep.equal([true, true, false]);
    });

    it("makes all others ask the controller again after what came from a host over its connection", async () => {
      const { made, known } = await three();
      made[0].changed([], [], { reachesController: true });
      expect(known()).to.deep.equal([noVolatile, noVolatile, noController]);
    });

    it("asks again, after a wait for other hosts, what is volatile and what is of the controller", async () => {
      const { made, known } = await three();
      made[0].othersWereAtWork();
      expect(known()).to.deep.equal([[true, false, false], everything, everything]);
    });

    it("forgets all of a host, with its peers, after a failure or another run", async () => {
      const { made, known } = await three();
      made[0].forget();
      expect(known()).to.deep.equal([nothing, nothing, everything]);
      expect(made.map(({ epoch }) => epoch)).to.deep.equal([0, 0, 0]);
      made[1].tookOver();
      expect(made.map(({ epoch }) => epoch)).to.deep.equal([1, 1, 0]);
    });

    it("forgets all of the controller after another run there, and all of the host that it is", async () => {
      const { made, known } = await three(true);
      made[2].tookOverController();
      expect(known()).to.deep.equal([nothing, nothing, noController]);
      expect(made.map(({ epoch }) => epoch)).to.deep.equal([1, 1, 0]);
    });
  });
});

describe("an effect", () => {
  it("touches a query, a kind, all in a folder, or all of the host and nothing of the controller", () => {
    const touches = (of: Parameters<typeof touched>[0]) =>
      [colour("x"), colour("y"), size("x"), onController("x"), pathQuery("/a/b")].map((query) => touched(of, query));
    expect(touches(effect(colour("x"), "red"))).to.deep.equal([true, false, false, false, false]);
    expect(touches({ kind: "colour" })).to.deep.equal([true, true, false, false, false]);
    expect(touches({ below: "/a" })).to.deep.equal([false, false, false, false, true]);
    expect(touches("everything")).to.deep.equal([true, true, true, false, true]);
  });
});

describe("what was thrown", () => {
  it("is an error in any case", () => {
    const error = new Error("no");
    expect(asError(error)).to.equal(error);
    expect(asError("no").message).to.equal("no");
  });
});
