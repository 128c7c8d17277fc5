import { expect } from "chai";
import { RollingQueue } from "#engine/runner/coordinate/rolling-queue.ts";

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("never let two run at once that have one key, and let others pass", async () => {
    const turns = new RollingQueue(3);
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
    const turns = new RollingQueue(3);
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

  it("grow as in a play's serial: one host alone, then a part of all", async () => {
    const turns = new RollingQueue(9);
    const hosts = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let running = 0;
    const most: number[] = [];
    const work = (host: string) =>
      turns.take(
        "k",
        host,
        async () => {
          most.push(++running);
          await soon();
          running -= 1;
          return true;
        },
        [1, "34%"],
      );
    await Promise.all(hosts.map(work));
    expect(most).to.have.length(9);
    expect(most.slice(0, 2)).to.deep.equal([1, 1]);
    expect(Math.max(...most)).to.equal(3);
  });

  it("begin on no further host after a failure, although several run at once", async () => {
    const turns = new RollingQueue(5);
    const begun: string[] = [];
    const work = (host: string) =>
      turns.take(
        "k",
        host,
        async () => {
          begun.push(host);
          await soon();
          return host !== "b";
        },
        [1, 2],
      );
    const ends = await Promise.all(["a", "b", "c", "d", "e"].map(work));
    expect(begun).to.deep.equal(["a", "b", "c"]);
    expect(ends.map(({ failedOn }) => failedOn)).to.deep.equal([undefined, undefined, undefined, "b", "b"]);
  });
});
