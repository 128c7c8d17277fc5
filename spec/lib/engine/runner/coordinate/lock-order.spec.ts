import { expect } from "chai";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { controller, hostOf, inAnyInventory, isRoots, keyOf } from "#engine/runner/coordinate/lock-order.ts";
import type { LiveHost } from "#engine/runner/state/live-hosts.ts";

describe("the keys of locks", () => {
  const live = (user: string, machineId = "") => ({ facts: { ...assumedFacts("a"), user, machineId } }) as LiveHost;

  it("are one for each host and user, and one for the controller", () => {
    const keys = [keyOf("a", live("root")), keyOf("a", live("kim")), keyOf("b", live("root")), controller];
    expect(new Set(keys).size).to.equal(4);
    expect(keys.map(hostOf)).to.deep.equal(["a", "a", "b", undefined]);
    expect(keys.map(isRoots)).to.deep.equal([true, false, true, false]);
  });

  it("of a host that is called as the controller's are its own", () => {
    const key = keyOf(controller, live("root"));
    expect(hostOf(key)).to.equal(controller);
    expect(isRoots(key)).to.equal(true);
  });

  it("are ordered by the machines, whatever their names, and clones of one image by their names", () => {
    const all: [string, LiveHost][] = [
      ["a", live("root", "3")],
      ["d", live("root", "1")],
      ["c", live("root", "2")],
      ["b", live("root", "2")],
    ];
    for (const hosts of [all, [...all].reverse()])
      expect([...hosts].sort(inAnyInventory).map(([name]) => name)).to.deep.equal(["d", "b", "c", "a"]);
    expect(inAnyInventory(all[0]!, all[0]!)).to.equal(0);
  });
});
