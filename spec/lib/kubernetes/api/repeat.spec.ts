import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { PassingFailure, repeat } from "#kubernetes/api/repeat.ts";
import { failureOf } from "../../engine/resources/on-controller.ts";

describe("repeat", () => {
  const wait = { progress: () => undefined, stopping: () => false };
  let tries = 0;
  const failing = (error: Error, times: number) => () =>
    tries++ < times ? Promise.reject(error) : Promise.resolve(tries);
  beforeEach(() => (tries = 0));

  it("tries again until the work succeeds", async () => {
    expect(await repeat(failing(new PassingFailure("no leader"), 1), 10, wait)).to.equal(2);
  });

  it("ends at a final failure", async () => {
    const final = new TaskError("forbidden");
    expect(await failureOf(repeat(failing(final, 9), 10, wait))).to.equal("TaskError: forbidden");
    expect(tries).to.equal(1);
  });

  it("ends after its time limit, and reports the time", async () => {
    const failure = await failureOf(repeat(failing(new PassingFailure("no leader"), 99), 0.3, wait));
    expect(failure).to.match(/^TransientError: no leader \(tried for 0 s without success: /);
    expect(tries).to.be.above(1);
  });

  it("ends when the run stops", async () => {
    const passing = new PassingFailure("no leader");
    const failure = await failureOf(repeat(failing(passing, 99), 60, { ...wait, stopping: () => true }));
    expect(failure).to.equal("PassingFailure: no leader");
  });
});
