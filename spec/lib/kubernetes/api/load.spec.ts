import { expect } from "chai";
import { ApiLoad } from "#kubernetes/api/load.ts";

describe("the limit of concurrent requests to an API", () => {
  it("halves after each slow request, down to one, and grows by one after as many successes", () => {
    const load = new ApiLoad();
    expect(load.atOnce).to.equal(8);
    for (const expected of [4, 2, 1, 1]) {
      load.tookTooLong();
      expect(load.atOnce).to.equal(expected);
    }
    load.succeeded();
    expect(load.atOnce).to.equal(2);
    load.succeeded();
    expect(load.atOnce).to.equal(2);
    load.succeeded();
    expect(load.atOnce).to.equal(3);
    for (let times = 0; times < 100; times++) load.succeeded();
    expect(load.atOnce).to.equal(8);
  });

  it("limits the requests in progress", async () => {
    const load = new ApiLoad();
    for (let times = 0; times < 3; times++) load.tookTooLong();
    let [running, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => load.run(work)));
    expect(most).to.equal(1);
  });
});
