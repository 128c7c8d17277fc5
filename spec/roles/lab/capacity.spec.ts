import { expect } from "chai";
import { capacityInWords, type Capacity } from "#roles/lab/capacity.ts";

const gib = 2 ** 30;
const usual: Capacity = { processors: 2, speed: 1, memory: 24 * gib, disk: 60 * gib };

describe("the lab's report of the machine's capacity", () => {
  it("lists what the machine has", () => {
    expect(capacityInWords(usual)).to.equal(
      "This machine has 2 processors (1.0 times the reference), 24 GiB of memory and 60 GiB of free disk.",
    );
  });

  it("lists what the lab was tested with if the machine has less", () => {
    const small = { processors: 1, speed: 0.3, memory: 8 * gib, disk: 10 * gib };
    expect(capacityInWords(small)).to.match(
      /1 processor \(0\.3 .*tested with more: 2 processors, faster processors, 15 GiB of memory, 30 GiB of free disk\./,
    );
  });
});
