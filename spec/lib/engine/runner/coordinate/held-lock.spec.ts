import { expect } from "chai";
import { fakeConnection } from "#engine/connection/fake.ts";
import type { Writer } from "#engine/connection/types.ts";
import { giveBack, unlock } from "#engine/runner/coordinate/held-lock.ts";

describe("a lock that is given back", () => {
  const taken = { taken: true, pid: 7, othersWereAtWork: false, read: "" } as const;
  const writer = (unlocking: Writer["unlock"]): Writer => ({
    ...fakeConnection("a", []),
    ...(unlocking && { unlock: unlocking }),
  });

  it("is no longer watched, and is free when the host says so", async () => {
    const log: string[] = [];
    const watch = { beat: () => undefined, end: () => log.push("unwatched") };
    const free = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      log.push("free");
    };
    await giveBack({ writer: writer(free), taken, watch });
    expect(log).to.deep.equal(["unwatched", "free"]);
    await giveBack({ writer: writer(free), taken, watch: undefined });
    expect(log.at(-1)).to.equal("free");
  });

  it("fails nothing if the host is lost, or its connection has no locks", async () => {
    await unlock(writer(() => Promise.reject(new Error("gone"))));
    await unlock(writer(undefined));
  });

  it("is not waited for without end", async () => {
    await unlock(writer(() => new Promise(() => undefined)));
  });
});
