import { expect } from "chai";
import { ini } from "kubeplay";
import { subject } from "../one-resource.ts";
import { edits, shown } from "./edits.ts";

const path = "/etc/app.ini";
type Props = Omit<Parameters<typeof ini>[1], "path">;
const task = (props: Props) => ini("i", { path, ...props });
const a1 = { section: "a", option: "k", value: 1 } as const;

describe("the resource ini", () => {
  const table: readonly [string, Props, string, string][] = [
    ["sets a new option at the end of its section", a1, "[a]\nx=1\n\n[b]\nk=2\n", "[a]\nx=1\nk = 1\n\n[b]\nk=2\n"],
    ["changes an option of the section alone", a1, "k=0\n[a]\nk=0\n[b]\nk=0\n", "k=0\n[a]\nk = 1\n[b]\nk=0\n"],
    ["keeps a line with the same value as it is written", a1, "[a]\nk=1\n", "[a]\nk=1\n"],
    ["reads a colon too", a1, "[a]\nk : 1\n", "[a]\nk : 1\n"],
    ["leaves one line of several", a1, "[a]\nk=1\nx=2\nk=3\n", "[a]\nk=1\nx=2\n"],
    ["makes a missing section", a1, "[b]\nx=1\n", "[b]\nx=1\n\n[a]\nk = 1\n"],
    ["makes a section in an empty file", a1, "", "[a]\nk = 1\n"],
    ["leaves comments alone", a1, "[a]\n#k=0\n;k=0\n", "[a]\n#k=0\n;k=0\nk = 1\n"],
    ["sets an option before the first section", { option: "k", value: 1 }, "x=1\n[a]\nk=2\n", "x=1\nk = 1\n[a]\nk=2\n"],
    ["writes the separator that it is told", { ...a1, separator: "=" }, "[a]\n", "[a]\nk=1\n"],
    ["sets an empty value", { section: "a", option: "k", value: "" }, "[a]\n", "[a]\nk =\n"],
    ["keeps an empty value", { section: "a", option: "k", value: "" }, "[a]\nk\n", "[a]\nk\n"],
    [
      "removes an option",
      { section: "a", option: "k", state: "absent" },
      "[a]\nk=1\nx=1\n[b]\nk=1\n",
      "[a]\nx=1\n[b]\nk=1\n",
    ],
    ["removes a section", { section: "a", state: "absent" }, "[a]\nk=1\n[b]\nk=1\n", "[b]\nk=1\n"],
    ["takes a mark of byte order for no space", { ...a1, option: "k\uFEFF" }, "[a]\nk=1\n", "[a]\nk=1\nk\uFEFF = 1\n"],
    ["and no other space of Unicode either", { ...a1, value: "1\u00A0" }, "[a]\nk=1\n", "[a]\nk = 1\u00A0\n"],
    ["reads a file that begins with a mark of byte order", a1, "\uFEFF[a]\nk=1\n", "\uFEFF[a]\nk=1\n"],
    ["has nothing to remove", { section: "c", state: "absent" }, "[a]\n", "[a]\n"],
  ];
  for (const [name, props, before, after] of table)
    it(name, () => {
      edits(task(props), before, after);
    });

  it("shows the old and the new line", () => {
    expect(shown(task(a1), "[a]\nk=0\n")).to.deep.equal([{ what: "option", before: "k=0", after: "k = 1" }]);
  });

  it("rejects properties that cannot be meant before anything is asked", () => {
    const refusal = (props: Props) => () => subject(task(props));
    expect(refusal({ section: "a" })).to.throw("an ini requires an option");
    expect(refusal({ section: "a", option: "k" })).to.throw("the option k requires a value");
    expect(refusal({ ...a1, section: "a]" })).to.throw('"a]" is not the name of a section');
    expect(refusal({ ...a1, option: "k=1" })).to.throw('"k=1" is not the name of an option');
    expect(refusal({ ...a1, value: "1\n2" })).to.throw("the value of k has more than one line");
    expect(refusal({ ...a1, separator: " " })).to.throw('" " is not a separator');
  });
});
