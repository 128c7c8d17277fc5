import { expect } from "chai";
import { RollingQueue } from "#engine/runner/coordinate/rolling-queue.ts";

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("never let two run at once that have one key, and let others pass", async () => {
    const turns = new RollingQueue();
    const log: string[] = [];
    const work = (key: string, name: string) =>
      turns.take(key, name, async () => {
        log.push(`${name} begins`);
        await soon();
        log.push(`${name} ends`);
        return true;
      });
    await Promise.all([work("k", "a"), work("k", "b"), work("other", "c")]);
    const own = log.filter((line) => !line.startsWith("c"));
    expect(own).to.deep.equal(["a begins", "a ends", "b begins", "b ends"]);
    expect(log.indexOf("c begins")).to.be.lessThan(log.indexOf("a ends"));
  });

  it("come to an end where one failed, and the others are told on whom", async () => {
    const turns = new RollingQueue();
    const log: string[] = [];
    const work = (host: string, goesWell: boolean) =>
      turns.take("k", host, () => {
        log.push(host);
        return Promise.resolve(goesWell);
      });
    const ends = await Promise.all([work("a", true), work("b", false), work("c", true), work("d", true)]);
    expect(log).to.deep.equal(["a", "b"]);
    expect(ends).to.deep.equal([{}, {}, { failedOn: "b" }, { failedOn: "b" }]);
  });
});
