import { expect } from "chai";
import { blockInFile } from "kubeplay";
import { subject } from "../one-resource.ts";
import { edits, shown } from "./edits.ts";

const path = "/etc/hosts";
type Props = Omit<Parameters<typeof blockInFile>[1], "path">;
const block = (props: Props) => blockInFile("b", { path, ...props });
const inMarkers = (text: string, name = "managed by kubeplay") => `# BEGIN ${name}\n${text}# END ${name}\n`;

describe("the resource blockInFile", () => {
  const own = inMarkers("x\n");
  const table: readonly [string, Props, string, string][] = [
    ["adds a block at the end", { block: "x\ny\n" }, "a\n", `a\n${inMarkers("x\ny\n")}`],
    ["needs no line end at the end of the block", { block: "x" }, "a", `a\n${own}`],
    ["changes nothing if the block is there", { block: "x\n" }, `a\n${own}b\n`, `a\n${own}b\n`],
    ["replaces the block in its place", { block: "y\n" }, `a\n${own}b\n`, `a\n${inMarkers("y\n")}b\n`],
    ["inserts after the last match", { block: "x", insertAfter: "^a" }, "a\na\nb\n", `a\na\n${own}b\n`],
    ["inserts before the first match", { block: "x", insertBefore: "^b" }, "a\nb\nb\n", `a\n${own}b\nb\n`],
    ["removes the block with its markers", { state: "absent" }, `a\n${own}b\n`, "a\nb\n"],
    ["has nothing to remove", { state: "absent" }, "a", "a"],
    ["keeps blocks of other markers", { block: "y", marker: "# {mark} two" }, own, `${own}${inMarkers("y\n", "two")}`],
    [
      "takes over a block of Ansible",
      { block: "y\n", marker: "# {mark} ANSIBLE MANAGED BLOCK" },
      inMarkers("x\n", "ANSIBLE MANAGED BLOCK"),
      inMarkers("y\n", "ANSIBLE MANAGED BLOCK"),
    ],
  ];
  for (const [name, props, before, after] of table)
    it(name, () => {
      edits(block(props), before, after);
    });

  it("shows the block and not the file", () => {
    expect(shown(block({ block: "y\n" }), `a\n${own}`)).to.deep.equal([{ what: "block", before: "x\n", after: "y\n" }]);
  });

  it("refuses a file whose markers are not a pair", () => {
    for (const text of ["# BEGIN managed by kubeplay\nx\n", own + own, own.split("\n").reverse().join("\n")])
      expect(() => shown(block({ block: "x" }), text), text).to.throw("expected one of each, in this order");
  });

  it("rejects properties that cannot be meant before anything is asked", () => {
    const refusal = (props: Props) => () => subject(block(props));
    expect(refusal({})).to.throw("a blockInFile requires a block");
    expect(refusal({ block: "x", marker: "# mine" })).to.throw(
      'the marker "# mine" must be one line with {mark} in it',
    );
    expect(refusal({ block: own })).to.throw("the block has its own marker as a line: # BEGIN managed by kubeplay");
    expect(refusal({ block: "x", insertAfter: "a", insertBefore: "b" })).to.throw("expected one of them");
    expect(refusal({ block: "x", insertAfter: "(" })).to.throw("insertAfter: Invalid regular expression");
  });
});
