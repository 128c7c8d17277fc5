import { expect } from "chai";
import { agreed, nothingOwed, readOwed } from "#engine/runner/handlers/owed.ts";

describe("the handlers that a host is owed", () => {
  it("are none by a text that is no list of them", () => {
    for (const text of ["", "{", "null", "7", "[]", "{}", '{"at":"1","handlers":[]}', '{"at":1,"handlers":"x"}'])
      expect(readOwed(text), text).to.deep.equal(nothingOwed);
    expect(readOwed('{"at":1,"handlers":["a",2]}')).to.deep.equal({ at: 1, handlers: ["a"] });
  });

  it("are the host's if they are newer, else those of both lists, each once", () => {
    const list = (at: number, ...handlers: string[]) => ({ at, handlers });
    expect(agreed(list(1, "a"), list(2, "b"))).to.deep.equal(["b"]);
    expect(agreed(list(2, "a", "b"), list(1, "b", "c"))).to.deep.equal(["a", "b", "c"]);
    expect(agreed(list(1, "a"), list(1, "b")), "of the same time").to.deep.equal(["a", "b"]);
  });
});
