import { expect } from "chai";
import { expandRanges } from "#engine/inventory/host-range.ts";

describe("a range of hosts", () => {
  const right: readonly (readonly [string, readonly string[]])[] = [
    ["node", ["node"]],
    ["node-[1:3]", ["node-1", "node-2", "node-3"]],
    ["node-[01:03]", ["node-01", "node-02", "node-03"]],
    ["node-[08:11].example", ["node-08.example", "node-09.example", "node-10.example", "node-11.example"]],
    ["rack-[a:c]", ["rack-a", "rack-b", "rack-c"]],
    ["n[1:7:3]", ["n1", "n4", "n7"]],
    ["n[:2]", ["n0", "n1", "n2"]],
    ["[a:b][1:2]", ["a1", "a2", "b1", "b2"]],
    ["n[9:11]", ["n9", "n10", "n11"]],
  ];
  for (const [pattern, expected] of right)
    it(`${pattern} stands for ${expected.join(", ")}`, () => {
      expect(expandRanges(pattern)).to.deep.equal(expected);
    });

  const expected = ", expected a range such as [1:3], [01:12] or [a:f]";
  const wrong: readonly (readonly [string, string])[] = [
    ["n[3:1]", `"[3:1]" in "n[3:1]" runs backwards${expected}`],
    ["n[1]", `"[1]" in "n[1]" is not a range${expected}`],
    ["n[1:]", `"[1:]" in "n[1:]" is not a range${expected}`],
    ["n[a:3]", `"[a:3]" in "n[a:3]" is not a range${expected}`],
    ["n[1:9:0]", `"[1:9:0]" in "n[1:9:0]" has the step "0"${expected}`],
    [
      "n[01:100]",
      `"[01:100]" in "n[01:100]" has ends of different lengths although the first begins with 0${expected}`,
    ],
    ["n[1:99999999]", `"[1:99999999]" in "n[1:99999999]" names more than 10000 hosts${expected}`],
    ["n[1:3", `"n[1:3" has an unmatched bracket`],
  ];
  for (const [pattern, message] of wrong)
    it(`${pattern} is an error`, () => {
      expect(() => expandRanges(pattern)).to.throw(RangeError, message);
    });
});
