import { expect } from "chai";
import { Turns } from "#lib/runner/turns.ts";

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("never let two run at once that have one key, and let others pass", async () => {
    const turns = new Turns();
    const log: string[] = [];
    const work = (key: string, name: string) =>
      turns.take(key, async () => {
        log.push(`${name} begins`);
        await soon();
        log.push(`${name} ends`);
      });
    await Promise.all([work("k", "a"), work("k", "b"), work("other", "c")]);
    const own = log.filter((line) => !line.startsWith("c"));
    expect(own).to.deep.equal(["a begins", "a ends", "b begins", "b ends"]);
    expect(log.indexOf("c begins")).to.be.lessThan(log.indexOf("a ends"));
  });

  it("go on after one that failed, which gets its own error", async () => {
    const turns = new Turns();
    const failed = turns.take("k", () => Promise.reject(new Error("broken")));
    const next = turns.take("k", () => Promise.resolve("done"));
    expect(await failed.catch((error: unknown) => String(error))).to.equal("Error: broken");
    expect(await next).to.equal("done");
  });
});
