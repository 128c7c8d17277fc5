import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { PassingFailure, repeat } from "#kubernetes/api/repeat.ts";
import { failureOf } from "../../engine/resources/on-controller.ts";

describe("repeating work", () => {
  const wait = { progress: () => undefined, stopping: () => false };
  let tries = 0;
  const failing = (error: Error, times: number) => () =>
    tries++ < times ? Promise.reject(error) : Promise.resolve(tries);
  beforeEach(() => (tries = 0));

  it("goes on until it succeeds", async () => {
    expect(await repeat(failing(new PassingFailure("no leader"), 1), 10, wait)).to.equal(2);
  });

  it("ends where the failure is final", async () => {
    const final = new TaskError("forbidden");
    expect(await failureOf(repeat(failing(final, 9), 10, wait))).to.equal("TaskError: forbidden");
    expect(tries).to.equal(1);
  });

  it("ends after its time, and says how long it was tried", async () => {
    const failure = await failureOf(repeat(failing(new PassingFailure("no leader"), 99), 0.3, wait));
    expect(failure).to.match(/^TransientError: no leader \(tried for 0 s without any success: /);
    expect(tries).to.be.above(1);
  });

  it("ends with the run", async () => {
    const passing = new PassingFailure("no leader");
    const failure = await failureOf(repeat(failing(passing, 99), 60, { ...wait, stopping: () => true }));
    expect(failure).to.equal("PassingFailure: no leader");
  });
});
