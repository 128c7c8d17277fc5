import { expect } from "chai";
import { prune } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const folder = { type: "directory", mode: 0o755 };

describe("the resource prune", () => {
  const one = subject(prune("p", { path: "/etc/sites/", keep: ["a.conf", "missing"], match: "\\.conf$" }));
  const now = { folder, names: ["a.conf", "b.conf", "it's.conf", "readme"] };

  it("removes the names that match and are not to stay", () => {
    expect(asked(one)).to.deep.equal(["path /etc/sites", "names /etc/sites"]);
    expect(one.diff(now)).to.deep.equal([
      { what: "b.conf", before: "present", after: "absent" },
      { what: "it's.conf", before: "present", after: "absent" },
    ]);
    expect(one.steps(now)).to.deep.equal([
      "kubeplay_enter '/etc/sites' && rm -rf --one-file-system -- ./'b.conf' ./'it'\\''s.conf'",
    ]);
    expect(one.forecast(now)).to.deep.equal({ names: ["a.conf", "readme"] });
  });

  it("has nothing to do in a folder without others, and in one that does not exist", () => {
    expect(one.diff({ folder, names: ["a.conf", "x"] })).to.deep.equal([]);
    expect(one.diff({ folder: { type: "absent" }, names: undefined })).to.deep.equal([]);
    expect(subject(prune("p", { path: "/a", keep: [] })).diff({ folder, names: ["x"] })).to.have.length(1);
  });

  it("follows no link, and refuses names that are paths", () => {
    expect(() => one.diff({ folder: { type: "link", target: "/etc" }, names: ["b.conf"] })).to.throw(
      "expected a folder",
    );
    for (const name of ["../x", "", "..", "a/b"])
      expect(() => subject(prune("p", { path: "/a", keep: [name] })), name).to.throw("is not the name of a file in it");
    expect(() => subject(prune("p", { path: "/", keep: [] }))).to.throw("/ cannot be pruned");
    expect(() => subject(prune("p", { path: "/a", keep: [], match: "(" }))).to.throw("/a: match: ");
  });
});
