import { expect } from "chai";
import { median } from "#bench/median.ts";
import { treeMemory } from "#bench/memory.ts";

describe("the bench's measure of memory", () => {
  it("sums up a process and all its descendants, even if one of them has ended meanwhile", () => {
    const files: Readonly<Record<string, string>> = {
      "1/statm": "900 100 5",
      "1/task/1/children": "2 3 ",
      "2/statm": "900 20 5",
      "2/task/2/children": "4 ",
      "4/statm": "900 3 5",
    };
    expect(treeMemory(1, (file) => files[file] ?? "")).to.equal(123 * 4096);
  });
});

describe("the bench's median", () => {
  it("is the middle value, or the mean of the two middle values", () => {
    expect(median([9, 1, 2])).to.equal(2);
    expect(median([9, 1, 2, 4])).to.equal(3);
    expect(median([7])).to.equal(7);
  });
});
