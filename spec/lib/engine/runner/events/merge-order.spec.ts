import { expect } from "chai";
import fc from "fast-check";
import type { TaskName } from "#engine/runner/index.ts";
import { mergeOrder } from "#engine/runner/events/merge-order.ts";

const named = (task: string): TaskName => ({ role: "r", task, handler: false });
const merged = (...lists: readonly string[]): string =>
  mergeOrder(lists.map((list) => Array.from(list, named)))
    .map(({ task }) => task)
    .join("");

describe("the tasks of several hosts in one order", () => {
  it("has each task once", () => expect(merged("abc", "abc", "abc")).to.equal("abc"));
  it("puts what one host has more where that host has it", () => expect(merged("ad", "abcd", "d")).to.equal("abcd"));
  it("keeps the order in which hosts without anything in common come", () =>
    expect(merged("ab", "cd")).to.equal("abcd"));
  it("holds for a host whose tasks others have one each", () => expect(merged("a", "b", "ba")).to.equal("ba"));
  it("takes a task that is there twice once", () => expect(merged("aab", "aba")).to.equal("ab"));
  it("ends where hosts contradict each other", () => expect(merged("ab", "ba")).to.have.length(2));

  it("is never against the order of any host", () => {
    const tasks = Array.from("abcdefgh");
    fc.assert(
      fc.property(fc.array(fc.subarray(tasks)), fc.shuffledSubarray(tasks, { minLength: 8 }), (lists, order) => {
        const own = lists.map((list) => [...list].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(""));
        const all = merged(...own);
        for (const list of own)
          expect(
            Array.from(all)
              .filter((task) => list.includes(task))
              .join(""),
          ).to.equal(list);
        expect(Array.from(all).sort().join("")).to.equal([...new Set(own.join(""))].sort().join(""));
      }),
    );
  });
});
