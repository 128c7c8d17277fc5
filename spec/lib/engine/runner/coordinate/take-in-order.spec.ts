import { expect } from "chai";
import type { LockPlace, NotTaken, Taken } from "#engine/connection/lock.ts";
import { takeInOrder } from "#engine/runner/coordinate/take-in-order.ts";

describe("locks that are taken in order", () => {
  const taken: Taken = { taken: true, pid: 7, othersWereAtWork: false, read: "" };
  const held: NotTaken = { taken: false, by: "you", isUnsure: false };
  const placeOf = (name: string): LockPlace => ({ name }) as LockPlace;
  let log: string[];
  beforeEach(() => (log = []));

  /** What each try of a lock says, in turn; taken after that. */
  const take = async (
    names: readonly string[],
    says: Readonly<Record<string, readonly (NotTaken | Error | string)[]>>,
    waited: Taken | Error = taken,
  ) => {
    const left = new Map(Object.entries(says).map(([name, all]) => [name, [...all]]));
    const ends = await takeInOrder(new Map(names.map((name) => [`key ${name}`, placeOf(name)])), {
      take: ({ name }, key) => {
        expect(key).to.equal(`key ${name}`);
        log.push(`take ${name}`);
        const next = left.get(name)?.shift() ?? taken;
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a connection may do so
        return next instanceof Error || typeof next === "string" ? Promise.reject(next) : Promise.resolve(next);
      },
      giveBack: ({ name }, key) => {
        expect(key).to.equal(`key ${name}`);
        log.push(`free ${name}`);
        return name === "stuck" ? Promise.reject(new Error("gone")) : Promise.resolve();
      },
      wait: ({ name }, first, key) => {
        expect([first, key]).to.deep.equal([held, `key ${name}`]);
        log.push(`wait ${name}`);
        return waited instanceof Error ? Promise.reject(waited) : Promise.resolve(waited);
      },
    });
    return [...ends].map(([key, { place, end }]) => {
      expect(key).to.equal(`key ${place.name}`);
      return `${place.name}: ${end instanceof Error ? end.message : "taken"}`;
    });
  };

  it("are none without places, and all at once if nobody has one", async () => {
    expect(await take([], {})).to.deep.equal([]);
    expect(await take(["a", "b"], {})).to.deep.equal(["a: taken", "b: taken"]);
    expect(log).to.deep.equal(["take a", "take b"]);
  });

  it("give back those after one that another run has, wait, and take them then", async () => {
    expect(await take(["a", "b", "c", "d"], { b: [held] })).to.deep.equal(
      ["a", "b", "c", "d"].map((name) => `${name}: taken`),
    );
    expect(log.slice(4)).to.deep.equal(["free c", "free d", "wait b", "take c", "take d"]);
  });

  it("wait for one after the other, and free also the sign of one that could not be taken", async () => {
    expect(await take(["a", "b"], { a: [held], b: [held, held] })).to.deep.equal(["a: taken", "b: taken"]);
    expect(log.slice(2)).to.deep.equal(["free b", "wait a", "take b", "wait b"]);
  });

  it("go on without one that cannot be had, and wait for nobody because of it", async () => {
    expect(await take(["a", "b"], { a: [new Error("lost")], b: ["no lock"] })).to.deep.equal(["a: lost", "b: no lock"]);
    expect(log).to.deep.equal(["take a", "take b"]);
  });

  it("have nothing to give back where the try failed, and try there again after the wait", async () => {
    const ends = await take(["a", "b", "c"], { a: [held], b: [new Error("lost"), new Error("lost again")] });
    expect(ends).to.deep.equal(["a: taken", "b: lost again", "c: taken"]);
    expect(log.slice(3)).to.deep.equal(["free c", "wait a", "take b", "take c"]);
  });

  it("go on after a wait in vain, whose sign is taken down, and after one that cannot be given back", async () => {
    const ends = await take(["a", "stuck"], { a: [held] }, new Error("too long"));
    expect(ends).to.deep.equal(["a: too long", "stuck: taken"]);
    expect(log.slice(2)).to.deep.equal(["free stuck", "wait a", "free a", "take stuck"]);
  });
});
