import { expect } from "chai";
import { inBrief, inFull } from "#engine/report/differences.ts";

describe("a printed difference", () => {
  it("has the property, its current value and its desired value", () => {
    expect(inBrief({ what: "mode", before: "0600", after: "0644" })).to.equal("mode: 0600 → 0644");
    expect(inBrief({ what: "state", before: undefined, after: "present" })).to.equal("state: absent → present");
    expect(inBrief({ what: "enabled", before: false, after: true })).to.equal("enabled: false → true");
    expect(inBrief({ what: "known after apply", before: undefined, after: undefined })).to.equal("known after apply");
  });

  it("is a unified diff if the text has several lines", () => {
    const lines = inFull({ what: "content", before: "a\nb\nc\n", after: "a\nx\nc\n" });
    expect(lines.filter((line) => /^[-+ ][abcx]$/.test(line))).to.deep.equal([" a", "-b", "+x", " c"]);
    expect(lines.slice(0, 2)).to.deep.equal(["--- before\tcontent", "+++ after"]);
  });

  it("shows all of a new text as added", () => {
    const lines = inFull({ what: "content", before: undefined, after: "a\nb\n" });
    expect(lines.filter((line) => /^\+\w/.test(line))).to.deep.equal(["+a", "+b"]);
  });

  it("stays in one line if one side is not a text", () =>
    expect(inFull({ what: "list", before: [1], after: "a\nb" })).to.have.length(1));
});
