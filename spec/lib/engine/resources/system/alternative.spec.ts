import { expect } from "chai";
import { alternative } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource alternative", () => {
  const choices = { "/bin/nano": 40, "/usr/bin/vim.tiny": 15 };
  const now = { now: { value: "/bin/nano", auto: true, choices } };
  const editor = (more: object) => subject(alternative("a", { name: "editor", ...more }));
  const vim = editor({ path: "/usr/bin/vim.tiny" });

  it("asks for its name", () => {
    expect(asked(vim)).to.deep.equal(["alternative editor"]);
  });

  it("selects a choice, and leaves the choice to the priorities again", () => {
    expect(vim.diff(now).map(({ what }) => what)).to.deep.equal(["path", "auto"]);
    expect(vim.steps(now)).to.deep.equal(["update-alternatives --quiet --set 'editor' '/usr/bin/vim.tiny'"]);
    const after = vim.forecast(now);
    expect(vim.diff(after)).to.deep.equal([]);
    const auto = editor({ state: "auto" });
    expect(auto.diff(now)).to.deep.equal([]);
    expect(auto.diff(after)).to.deep.equal([{ what: "auto", before: false, after: true }]);
    expect(auto.steps(after)).to.deep.equal(["update-alternatives --quiet --auto 'editor'"]);
    expect(auto.forecast(after)).to.deep.equal(now);
    expect(editor({ path: "/bin/nano" }).diff(now), "the same path, by hand").to.have.length(1);
  });

  it("adds a choice with its link and priority, and changes its priority", () => {
    const own = editor({ path: "/opt/edit", link: "/usr/bin/editor", priority: 5 });
    for (const before of [{ now: undefined }, now]) {
      expect(own.steps(before)).to.deep.equal([
        "update-alternatives --quiet --install '/usr/bin/editor' 'editor' '/opt/edit' 5",
        "update-alternatives --quiet --set 'editor' '/opt/edit'",
      ]);
      expect(own.diff(own.forecast(before))).to.deep.equal([]);
    }
  });

  it("fails for a path that is no choice and a name that does not exist, unless a package before brings them", () => {
    const none = editor({ path: "/bin/none" });
    const problem =
      "/bin/none is no alternative for editor, expected /bin/nano or /usr/bin/vim.tiny: link and priority would add it";
    expect(none.problems(now, now.now)).to.deep.equal({ "alternative editor": problem });
    expect(() => none.steps(now)).to.throw(problem);
    const auto = editor({ state: "auto" });
    expect(auto.problems(now, undefined)["alternative editor"]).to.equal("there are no alternatives for editor");
    expect(() => auto.steps({ now: undefined })).to.throw("there are no alternatives for editor");
    expect(vim.problems(now, now.now)).to.deep.equal({ "alternative editor": undefined });
  });

  it("fails to add a path that does not exist, or a link where there is no folder", () => {
    const own = editor({ path: "/opt/edit", link: "/none/editor", priority: 5 });
    const problems = own.problems({ now: undefined }, { type: "absent" });
    expect(problems).to.deep.equal({
      "alternative editor": undefined,
      "path /none": "/none/editor: the folder /none does not exist",
      "path /opt/edit": "there is no /opt/edit",
    });
    expect(own.problems({ now: undefined }, { type: "file", mode: 0o755 })["path /opt/edit"]).to.equal(undefined);
  });

  it("refuses properties that do not belong together", () => {
    for (const more of [
      {},
      { path: "/a", state: "auto" },
      { path: "/a", link: "/b" },
      { state: "auto", link: "/b", priority: 1 },
    ])
      expect(() => editor(more), JSON.stringify(more)).to.throw(/requires a path|belong together/);
    expect(() => editor({ path: "/a", link: "/b", priority: 1.5 })).to.throw("expected a whole number");
    for (const name of ["", "-x", "a b", "../x"])
      expect(() => editor({ name, path: "/a" }), name).to.throw("is not a name of alternatives");
  });
});
