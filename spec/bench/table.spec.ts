import { expect } from "chai";
import { standings } from "#bench/standings.ts";
import { ratio } from "#bench/figures.ts";
import { verdicts } from "#bench/targets.ts";

describe("the bench's table", () => {
  it("compares with the floor and with kubeplay, and leaves cells without measurements empty", () => {
    const timing = { laps: 1, seconds: 3, peakBytes: 2e6 };
    const lines = standings([
      { contender: "kubeplay", first: { ...timing, seconds: 12, own: 11 }, again: timing },
      { contender: "floor", again: { ...timing, seconds: 1.5, own: 0.5 } },
    ]).split("\n");
    const cells = lines.map((line) => line.split("|").map((cell) => cell.trim()));
    expect(cells[2]?.slice(1, -1)).to.deep.equal([
      ...["kubeplay", "12.0 s", "11.0 s", "3.00 s"],
      ...["", "2.0×", "1.0×", "2 MB", "1 + 1"],
    ]);
    expect(cells[3]?.slice(1, -1)).to.deep.equal(["floor", "", "", "1.50 s", "0.50 s", "1.0×", "0.5×", "2 MB", "1"]);
  });

  it("has no column for first runs if there were none", () => {
    const again = { laps: 1, seconds: 3, peakBytes: 0 };
    expect(standings([{ contender: "kubeplay", again }])).not.to.include("first run");
    expect(standings([{ contender: "kubeplay", again }])).not.to.include("NaN");
    expect(ratio(1, undefined)).to.equal("");
  });

  it("tells for each measured goal whether it is met", () => {
    const goal = { what: "nothing to do", limit: 1.4, unit: "s" } as const;
    expect(
      verdicts([
        { ...goal, value: 1.4 },
        { ...goal, value: 1.41 },
        { ...goal, value: undefined },
      ]),
    ).to.deep.equal(["met    nothing to do: 1.40 s, at most 1.4 s", "MISSED nothing to do: 1.41 s, at most 1.4 s"]);
  });
});
