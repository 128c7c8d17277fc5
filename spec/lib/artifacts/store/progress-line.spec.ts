import { expect } from "chai";
import { ProgressLine, duration, roughly } from "#artifacts/store/progress-line.ts";

const forEver = new Promise(() => undefined);

describe("the progress line of artifacts", () => {
  it("shows how many are done, and the current step with its time; not those that wait", async () => {
    let now = 0;
    const progressLine = new ProgressLine(() => now);
    await progressLine.row(() => Promise.resolve());
    void progressLine.row((at) => {
      at("fetching the modules of etcd 3.7.3");
      return forEver;
    });
    void progressLine.row((at) => {
      at("fetching the modules of kubernetes 1.37.2");
      now += 20_000;
      at("building kubernetes 1.37.2 with go1.26.8");
      now += 60_000;
      // Another package of the same build: its time continues.
      at("building kubernetes 1.37.2");
      now += 5000;
      return forEver;
    });
    void progressLine.row((at) => {
      at("waiting to build helm 4.3.1");
      return forEver;
    });
    expect(progressLine.line()).to.equal("1 of 4 done; building kubernetes 1.37.2 (1 min 05 s)");
  });

  it("counts a failed one as done", async () => {
    const progressLine = new ProgressLine();
    await progressLine.row(() => Promise.reject(new Error("no"))).catch(() => undefined);
    expect(progressLine.line()).to.equal("1 of 1 done");
  });

  it("shows the time left: first as expected, then as measured", async () => {
    let now = 0;
    const progressLine = new ProgressLine(() => now);
    progressLine.pace = 0.5;
    void progressLine.row(() => forEver, 1200);
    expect(progressLine.line()).to.equal("0 of 1 done, about 10 minutes left");
    await progressLine.row(() => {
      now += 300_000;
      return Promise.resolve();
    }, 300);
    expect(progressLine.line()).to.equal("1 of 2 done, about 20 minutes left");
  });

  it("gives times in words", () => {
    expect([9.9, 60, 605].map(duration)).to.deep.equal(["9 s", "1 min 00 s", "10 min 05 s"]);
    expect([20, 59, 1500].map(roughly)).to.deep.equal(["less than a minute", "about 1 minute", "about 25 minutes"]);
  });
});
