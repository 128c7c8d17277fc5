import { expect } from "chai";
import { runId } from "#engine/report/run-id.ts";

describe("the id of a run", () => {
  const at = (milliseconds: number): Date => new Date(Date.UTC(2026, 2, 14, 9, 26, 53, milliseconds));

  it("has the time in UTC, to the millisecond, and a random end", () => {
    expect(runId(at(589))).to.match(/^20260314T092653\.589-[\da-f]{4}$/);
  });

  it("sorts runs that begin in one second by time, also after those of a version without milliseconds", () => {
    const ids = ["20260314T092653-ffff", runId(at(0)), runId(at(9)), runId(at(10)), runId(at(999)), runId(at(1000))];
    expect([...ids].sort()).to.deep.equal(ids);
  });
});
