import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { Interruption } from "#engine/runner/interruption.ts";

describe("an interruption", () => {
  const state = ({ requested, cutOff }: Interruption) => [requested.aborted, cutOff.aborted];
  const cutOff = ({ cutOff: signal }: Interruption) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

  it("begins nothing more at once, and ends the running steps after its seconds", async () => {
    const interruption = new Interruption(0.05);
    expect(state(interruption)).to.deep.equal([false, false]);
    const ended = cutOff(interruption);
    const began = Date.now();
    interruption.request();
    expect(state(interruption)).to.deep.equal([true, false]);
    const alive = setTimeout(() => undefined, 60_000);
    await ended;
    clearTimeout(alive);
    expect(Date.now() - began).to.be.at.least(45);
    expect(state(interruption)).to.deep.equal([true, true]);
  });

  it("that is requested again changes nothing", async () => {
    const interruption = new Interruption(0);
    let times = 0;
    interruption.cutOff.addEventListener("abort", () => (times += 1));
    interruption.request();
    interruption.request();
    await sleep(20);
    expect(times).to.equal(1);
  });
});
