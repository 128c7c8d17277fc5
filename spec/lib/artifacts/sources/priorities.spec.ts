import { spawn, type ChildProcess } from "node:child_process";
import { getPriority } from "node:os";
import { expect } from "chai";
import { withPriority } from "#artifacts/sources/priorities.ts";

describe("builds that run side by side", () => {
  const children: ChildProcess[] = [];
  const build = (order: number): { niceness: () => number; end: () => Promise<void> } => {
    const child = spawn("sleep", ["60"]);
    children.push(child);
    let end = (): void => undefined;
    const work = withPriority(child.pid, order, new Promise<void>((resolve) => (end = resolve)));
    return {
      niceness: () => getPriority(child.pid ?? 0),
      end: async () => {
        end();
        await work;
      },
    };
  };
  afterEach(() => children.splice(0).forEach((child) => child.kill()));

  it("leave the processors to the one that is needed soonest, whichever began first", async function () {
    if (process.getuid?.() !== 0) this.skip(); // Only root may raise a priority again.
    const later = build(7);
    expect(later.niceness()).to.equal(10);
    const sooner = build(3);
    expect([sooner.niceness(), later.niceness()]).to.deep.equal([10, 19]);
    await sooner.end();
    expect(later.niceness()).to.equal(10);
    await later.end();
  });

  it("end without an error if their process has ended before", async () => {
    expect(await withPriority(2 ** 22 + 1, 0, Promise.resolve("done"))).to.equal("done");
  });
});
