import { expect } from "chai";
import { shownMessage } from "#engine/tasks/hiding.ts";
import { markTaint } from "#engine/tasks/taint.ts";

describe("an error's message", () => {
  const shown = (props: Readonly<Record<string, string>>, message: string): string => {
    markTaint(props, { names: new Set(Object.keys(props)) });
    return shownMessage(props, message);
  };

  it("has no property that comes from a secret, wherever it is", () =>
    expect(shown({ path: "/srv/word" }, "/srv/word and x/srv/wordx")).to.equal("******** and x********x"));

  it("has no short one where it stands alone, and keeps the letters of other words", () => {
    expect(shown({ group: "a" }, "the group 'a' is absent: a")).to.equal("the group '********' is absent: ********");
    expect(shown({ group: "abc" }, "abcd dabc abc:abc")).to.equal("abcd dabc ********:********");
    expect(shown({ group: "жук" }, "жуки жук.")).to.equal("жуки ********.");
  });
});
