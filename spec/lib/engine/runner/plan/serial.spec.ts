import { expect } from "chai";
import type { Serial } from "kubeplay";
import { serialBatches, sizeAfter } from "#engine/runner/plan/serial.ts";

const hosts = ["a", "b", "c", "d", "e", "f", "g"];
const table: readonly (readonly [string, Serial, readonly string[]])[] = [
  ["has batches of one size, the last one smaller", 3, ["abc", "def", "g"]],
  ["repeats the last of several sizes", [1, 2], ["a", "bc", "de", "fg"]],
  ["rounds a percentage down", "50%", ["abc", "def", "g"]],
  ["has at least one host in a batch", "1%", ["a", "b", "c", "d", "e", "f", "g"]],
  ["takes 0 for all hosts", 0, ["abcdefg"]],
  ["takes 0 for the rest after a first batch", [2, 0], ["ab", "cdefg"]],
  ["takes more than there are for all hosts", [100], ["abcdefg"]],
];

describe("a serial", () => {
  for (const [name, serial, expected] of table)
    it(name, () => expect(serialBatches(hosts, serial).map((batch) => batch.join(""))).to.deep.equal(expected));

  it("that is absent has one batch, and none without hosts", () => {
    expect(serialBatches(hosts, undefined)).to.deep.equal([hosts]);
    expect(serialBatches([], 2)).to.deep.equal([]);
  });

  it("lets as many be at work as the batch of the next host has", () => {
    const sizes = (serial: Serial) => hosts.map((_, done) => sizeAfter(done, serial, hosts.length));
    expect(sizes([1, 2])).to.deep.equal([1, 2, 2, 2, 2, 2, 2]);
    expect(sizes([1, 2, 3])).to.deep.equal([1, 2, 2, 3, 3, 3, 3]);
    expect(sizes("50%")).to.deep.equal([3, 3, 3, 3, 3, 3, 3]);
  });
});
