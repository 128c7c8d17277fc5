import { createHash } from "node:crypto";
import { expect } from "chai";
import { line } from "kubeplay";
import { subject } from "../one-resource.ts";
import { edits } from "./edits.ts";

const path = { type: "file", mode: 0o640, owner: "root", group: "root" };
const inFile = "/etc/fstab";

describe("the resource line", () => {
  const table: readonly [string, Parameters<typeof line>[1], string, string][] = [
    ["adds at the end", { path: inFile, line: "c" }, "a\nb\n", "a\nb\nc\n"],
    ["ends a last line that has no line end", { path: inFile, line: "c" }, "a", "a\nc\n"],
    ["changes nothing if the line exists", { path: inFile, line: "b" }, "a\nb\n", "a\nb\n"],
    ["replaces the last match", { path: inFile, line: "b=2", match: "^b=" }, "b=0\nb=1\na\n", "b=0\nb=2\na\n"],
    ["adds the line if nothing matches", { path: inFile, line: "b=2", match: "^b=" }, "a\n", "a\nb=2\n"],
    ["inserts after the last match", { path: inFile, line: "x", insertAfter: "^a" }, "a1\na2\nb\n", "a1\na2\nx\nb\n"],
    ["adds at the end if no line matches insertAfter", { path: inFile, line: "x", insertAfter: "^z" }, "a\n", "a\nx\n"],
    [
      "inserts before the first match",
      { path: inFile, line: "x", insertBefore: "^b" },
      "a\nb1\nb2\n",
      "a\nx\nb1\nb2\n",
    ],
    [
      "adds at the end if no line matches insertBefore",
      { path: inFile, line: "x", insertBefore: "^z" },
      "a\n",
      "a\nx\n",
    ],
    [
      "takes parts of the line that it replaces",
      { path: inFile, line: "$2=$1$$", match: "(a)=(\\w+)", backReferences: true },
      "x\n# a=b !\n",
      "x\nb=a$\n",
    ],
    [
      "takes parts of what a pattern sees before and after its match",
      { path: inFile, line: "$&0", match: "(?<=^a=)\\d(?=;)", backReferences: true },
      "a=1;\n",
      "10\n",
    ],
    [
      "adds nothing if nothing matches what it takes parts of",
      { path: inFile, line: "$1", match: "^z(.)", backReferences: true },
      "a\n",
      "a\n",
    ],
    ["removes every match", { path: inFile, match: "swap", state: "absent" }, "swap\n\na\nswap 2\n", "\na\n"],
    ["removes the line itself", { path: inFile, line: "a", state: "absent" }, "a\nab\n", "ab\n"],
    ["has nothing to remove", { path: inFile, line: "x", state: "absent" }, "a", "a"],
  ];
  for (const [name, props, before, after] of table)
    it(name, () => {
      edits(line("l", props), before, after);
    });

  it("takes parts only of a line that it replaces, and of one line if the result does not match", () => {
    const task = (more: object) => () =>
      subject(line("l", { path: inFile, line: "$1", backReferences: true, ...more }));
    expect(task({})).to.throw("backReferences requires a match whose line is replaced");
    expect(task({ match: "a", state: "absent" })).to.throw("backReferences requires a match");
    expect(() => task({ match: "^(a.*)", line: "$1x" })().diff({ path, content: "a" })).to.throw(
      "would change with each run",
    );
    expect(() => task({ match: "^a(.)" })().diff({ path, content: "a1\na2\n" })).to.throw(
      "but the line itself does not",
    );
  });

  it("is put in place once a command has accepted the whole file", () => {
    const make = (validate: string) => subject(line("l", { path: inFile, line: "a", validate }));
    expect(make("grep a %s").steps({ path, content: "" })[0]).to.include({ validate: "grep a %s" });
    expect(() => make("grep a")).to.throw("the validate command of /etc/fstab has no %s");
  });

  it("has no content if its path has no file: what was read is another file's", () => {
    const resource = subject(line("l", { path: inFile, line: "a", create: true }));
    expect(() => resource.diff({ path: { type: "absent" }, content: "root's\n" })).to.throw(
      "/etc/fstab was changed while it was read: run it again",
    );
  });

  it("writes in place only if it must", () => {
    const steps = (inPlace: boolean) =>
      subject(line("l", { path: inFile, line: "a", inPlace })).steps({ path, content: "" });
    expect(steps(false)[0]).not.to.have.property("inPlace");
    expect(steps(true)[0]).to.have.property("inPlace", true);
  });

  it("shows the old and the new line", () => {
    const changed = subject(line("l", { path: inFile, line: "b=2", match: "^b=" }));
    expect(changed.diff({ path, content: "a\nb=1\n" })).to.deep.equal([{ what: "line", before: "b=1", after: "b=2" }]);
  });

  it("makes a missing file only with create", () => {
    const now = { path: { type: "absent" }, content: undefined };
    const strict = subject(line("l", { path: inFile, line: "a" }));
    expect(strict.diff(now), "which an earlier task may bring").to.have.length(1);
    expect(() => strict.steps(now)).to.throw(
      "/etc/fstab does not exist, expected a file to edit: create: true makes one",
    );
    const making = subject(line("l", { path: inFile, line: "a", create: true }));
    expect(making.steps(now)).to.deep.equal([{ upload: "a\n", to: inFile, mode: 0o644, replaces: "absent" }]);
    const gone = subject(line("l", { path: inFile, line: "a", state: "absent" }));
    expect(gone.diff(now)).to.deep.equal([]);
  });

  it("rejects invalid properties before anything is asked", () => {
    const refusal = (props: Parameters<typeof line>[1]) => () => subject(line("l", props));
    expect(refusal({ path: inFile })).to.throw("/etc/fstab: a line requires line");
    expect(refusal({ path: inFile, state: "absent" })).to.throw("/etc/fstab: a line requires line or match");
    expect(refusal({ path: inFile, line: "a\nb" })).to.throw(String.raw`"a\nb" is more than one line`);
    expect(refusal({ path: inFile, line: "a\rb" })).to.throw(String.raw`"a\rb" is more than one line`);
    expect(refusal({ path: inFile, line: "a\r" }), "the line end of another system").not.to.throw();
    expect(refusal({ path: inFile, line: "a", match: "(" })).to.throw("/etc/fstab: match: Invalid regular expression");
  });

  it("refuses to replace one of several matches with a line that its pattern does not match", () => {
    const one = subject(line("l", { path: inFile, line: "# off", match: "^swap" }));
    expect(one.diff({ path, content: "swap 1\n" })).to.have.length(1);
    expect(() => one.diff({ path, content: "swap 1\nswap 2\n" })).to.throw(
      '/etc/fstab: 2 lines match "^swap", but the line itself does not',
    );
  });

  it("refuses to edit a file that was changed between the two looks at it", () => {
    const any = subject(line("l", { path: inFile, line: "a" }));
    const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
    const read = (text: string) => any.diff({ path: { ...path, sha256: digest("b\n") }, content: text });
    expect(read("b\n")).to.have.length(1);
    expect(() => read("c\n")).to.throw("/etc/fstab was changed while it was read: run it again");
  });

  it("refuses to edit a link or a file that is not text", () => {
    const any = subject(line("l", { path: inFile, line: "a" }));
    expect(() => any.diff({ path: { type: "link", target: "/x" }, content: "" })).to.throw("is a link to /x");
    expect(() => any.diff({ path, content: { binary: 5 } })).to.throw("is not text");
  });
});
