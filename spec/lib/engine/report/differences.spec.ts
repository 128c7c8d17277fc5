import { expect } from "chai";
import { inBrief, inFull } from "#engine/report/differences.ts";

describe("a difference in words", () => {
  it("says what it is, what it was and what it shall be", () => {
    expect(inBrief({ what: "mode", before: "0600", after: "0644" })).to.equal("mode: 0600 → 0644");
    expect(inBrief({ what: "state", before: undefined, after: "present" })).to.equal("state: absent → present");
    expect(inBrief({ what: "enabled", before: false, after: true })).to.equal("enabled: false → true");
    expect(inBrief({ what: "known after apply", before: undefined, after: undefined })).to.equal("known after apply");
  });

  it("is a unified diff where there are several lines", () => {
    const lines = inFull({ what: "content", before: "a\nb\nc\n", after: "a\nx\nc\n" });
    expect(lines.filter((line) => /^[-+ ][abcx]$/.test(line))).to.deep.equal([" a", "-b", "+x", " c"]);
  });

  it("shows all of a new text as added", () => {
    const lines = inFull({ what: "content", before: undefined, after: "a\nb\n" });
    expect(lines.filter((line) => /^\+\w/.test(line))).to.deep.equal(["+a", "+b"]);
  });

  it("stays in one line where one side is no text", () =>
    expect(inFull({ what: "list", before: [1], after: "a\nb" })).to.have.length(1));
});
