import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { sleepUnless } from "#engine/tasks/sleep-unless.ts";
import { Patience, pauseBefore } from "#kubernetes/api/patience.ts";

describe("the patience with an API", () => {
  it("counts from the first failed try, or from the last success", () => {
    const patience = new Patience(60);
    const began = Date.now() - 40_000;
    expect(patience.failed(began).tried).to.be.within(40_000, 45_000);
    expect(patience.failed(Date.now()).left).to.be.within(15_000, 20_000);
    patience.succeeded();
    expect(patience.failed(began).tried, "a try that began before the success").to.be.below(5000);
  });

  it("stays over for immediate requests, and starts again after the same time without requests", async () => {
    const patience = new Patience(2);
    const late = () => patience.while(() => Promise.resolve(patience.failed(Date.now()).left));
    patience.failed(Date.now() - 5000);
    expect(await late()).to.equal(0);
    await sleep(2200);
    expect(await late()).to.be.above(0);
  });

  it("pauses longer after each try, within limits, or as long as the server asks", () => {
    for (const [tries, least, most] of [
      [0, 125, 250],
      [2, 500, 1000],
      [20, 2500, 5000],
    ] as const)
      expect(pauseBefore(tries)).to.be.within(least, most);
    expect(pauseBefore(0, 7)).to.equal(7000);
    expect(pauseBefore(0, 3600)).to.equal(30_000);
  });

  it("stops sleeping when the run stops", async () => {
    expect(await sleepUnless(() => true, 60_000)).to.equal(false);
    expect(await sleepUnless(() => false, 1)).to.equal(true);
  });
});
