import { expect } from "chai";
import { inBrief, inFull } from "#engine/report/differences.ts";
import { notAsked } from "#engine/runner/index.ts";

describe("a printed difference", () => {
  it("has the property, its current value and its desired value", () => {
    expect(inBrief({ what: "mode", before: "0600", after: "0644" })).to.equal("mode: 0600 → 0644");
    expect(inBrief({ what: "state", before: undefined, after: "present" })).to.equal("state: absent → present");
    expect(inBrief({ what: "enabled", before: false, after: true })).to.equal("enabled: false → true");
    expect(inBrief({ what: "known after apply", before: undefined, after: undefined })).to.equal("known after apply");
  });

  it("is a unified diff if the text has several lines", () => {
    const lines = inFull({ what: "content", before: "a\nb\nc\n", after: "a\nx\nc\n" }, "/etc/motd");
    expect(lines).to.deep.equal([
      "--- before: /etc/motd",
      "+++ after: /etc/motd",
      "@@ -1,3 +1,3 @@",
      " a",
      "-b",
      "+x",
      " c",
    ]);
  });

  it("names what differs in the diff's header, unless it is the content of a file", () => {
    const header = (what: string, label: string) => inFull({ what, before: "a\n", after: "b\n" }, label)[0];
    expect(header("ConfigMap web/motd", "set web")).to.equal("--- before: set web: ConfigMap web/motd");
    expect(header("content", "")).to.equal("--- before: content");
  });

  it("only says that it differs if nobody asked for the old value", () =>
    expect(inBrief({ what: "content", before: notAsked, after: "a\nb\n" })).to.equal("content differs"));

  it("shows all of a new text as added", () => {
    const lines = inFull({ what: "content", before: undefined, after: "a\nb\n" });
    expect(lines.filter((line) => /^\+\w/.test(line))).to.deep.equal(["+a", "+b"]);
  });

  it("stays in one line if one side is not a text", () =>
    expect(inFull({ what: "list", before: [1], after: "a\nb" })).to.have.length(1));
});
