import { expect } from "chai";
import { pruneUsers } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

describe("the resource pruneUsers", () => {
  const one = subject(pruneUsers("p", { group: "crew", keep: ["ann", "new"] }));
  const now = { people: ["ann", "bob", "it's"] };

  it("removes the people of a group that no list names", () => {
    expect(asked(one)).to.deep.equal(["people crew"]);
    const found = [
      { what: "bob", before: "present", after: "absent" },
      { what: "it's", before: "present", after: "absent" },
    ];
    expect(one.diff(now)).to.deep.equal(found);
    expect(one.steps(now)).to.deep.equal(["userdel -- 'bob'", "userdel -- 'it'\\''s'"]);
    expect(one.diff(one.forecast(now))).to.deep.equal([]);
    const group = (members: string[], key: string) => one.becomes(found, "group", { members }, key);
    expect(group(["bob", "ann"], "crew")).to.deep.equal({ members: ["ann"] });
    expect(group([], "bob"), "a group of their own").to.equal(undefined);
  });

  it("refuses names that cannot be a group or a user", () => {
    expect(() => subject(pruneUsers("p", { group: "a:b", keep: [] }))).to.throw("is not the name of a group");
    expect(() => subject(pruneUsers("p", { group: "a", keep: ["-r"] }))).to.throw("is not the name of a user");
  });
});
