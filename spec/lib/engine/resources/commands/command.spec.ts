import { expect } from "chai";
import { command } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource command", () => {
  it("asks nothing and is always a change without a condition", () => {
    const always = subject(command("c", { run: "date\nid", environment: { A: "b" }, timeout: 5 }));
    expect(asked(always)).to.deep.equal([]);
    expect(always.label).to.equal("date");
    expect(always.diff({})).to.deep.equal([{ what: "run", before: undefined, after: "date\nid", always: true }]);
    expect(always.steps({})).to.deep.equal([
      { sh: "date\nid", environment: { A: "b" }, timeout: 5, judgedByCode: true },
    ]);
    expect(always.effects).to.deep.equal({ everything: "asked anew" });
  });

  it("shows neither itself nor its difference if it is secret", () => {
    const hidden = subject(command("c", { run: "echo pass", secret: true }));
    expect(hidden.label).not.to.contain("pass");
    expect(hidden.diff({})[0]).to.include({ secret: true, shownAs: "command" });
  });

  it("runs only until the path that it creates exists", () => {
    const making = subject(command("c", { run: "make", creates: "/made" }));
    expect(asked(making)).to.deep.equal(["path /made"]);
    const now = { made: { type: "absent" } };
    expect(making.diff(now)).to.deep.equal([{ what: "/made", before: "absent", after: "present" }]);
    expect(making.diff(making.forecast(now))).to.deep.equal([]);
    expect(making.diff({ made: { type: "directory", mode: 0o755 } })).to.deep.equal([]);
  });

  it("runs only until its condition holds; either of the two is enough", () => {
    const both = subject(command("c", { run: "make", creates: "/made", unless: "done?" }));
    expect(asked(both)).to.deep.equal(["path /made", "probe done?"]);
    expect(both.diff({ made: { type: "absent" }, holds: true })).to.deep.equal([]);
    expect(both.diff({ made: { type: "other" }, holds: false })).to.deep.equal([]);
    expect(both.diff({ made: { type: "absent" }, holds: false })).to.have.length(1);
    const one = subject(command("c", { run: "make", unless: "done?" }));
    expect(one.diff(one.forecast({ holds: false }))).to.deep.equal([]);
  });
});
