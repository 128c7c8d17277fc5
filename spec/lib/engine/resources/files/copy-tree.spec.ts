import { expect } from "chai";
import { copyTree } from "kubeplay";
import { subject } from "../one-resource.ts";

const folder = { type: "directory", mode: 0o755, owner: "root", group: "root", identity: "d" } as const;
const file = (sha256: string, mode = 0o644) =>
  ({ type: "file", sha256, mode, owner: "root", group: "root", identity: sha256 }) as const;
const source = new Map<string, unknown>([
  ["a", { type: "file", sha256: "A", executable: false }],
  ["sub", { type: "directory" }],
  ["sub/b", { type: "file", sha256: "B", executable: true }],
  ["to", { type: "link", target: "a" }],
]);
const there = new Map<string, unknown>([
  ["", folder],
  ["a", file("A")],
  ["sub", folder],
  ["sub/b", file("B", 0o755)],
  ["to", { type: "link", target: "a", mode: 0o777, owner: "root", group: "root", identity: "l" }],
]);
const tree = (more = {}) => subject(copyTree("t", { src: "site", dest: "/srv/www", ...more }));
const names = (now: object, more = {}) =>
  tree(more)
    .diff({ source, ...now })
    .map(({ what, before, after }) => [what, before ?? after]);

describe("the resource copyTree", () => {
  it("has nothing to do if all is there", () => {
    expect(names({ there })).to.deep.equal([]);
  });

  it("adds a whole folder, in the order in which it can be made", () => {
    expect(names({ there: undefined })).to.deep.equal([["added", ".\na\nsub\nsub/b\nto"]]);
    const steps = tree().steps({ source, there: undefined }) as (string | { to: string })[];
    expect(steps.map((step) => (typeof step === "string" ? step.split(" ")[0] : step.to))).to.deep.equal([
      ...["umask", "/srv/www/a", "/srv/www/sub/b", "kubeplay_enter"],
    ]);
  });

  it("tells contents from permissions", () => {
    const now = new Map([...there, ["a", file("X")], ["sub/b", file("B", 0o644)]]);
    expect(names({ there: now })).to.deep.equal([
      ["changed", "a"],
      ["permissions", "sub/b"],
    ]);
  });

  it("removes what the source does not have with purge alone, and no name below another one that goes", () => {
    const now = new Map([...there, ["old", folder], ["old/file", file("O")]]);
    expect(names({ there: now })).to.deep.equal([]);
    expect(names({ there: now }, { purge: true })).to.deep.equal([["removed", "old"]]);
  });

  it("has nothing to do after what it predicts", () => {
    for (const now of [undefined, new Map([...there, ["a", file("X")], ["old", folder]])]) {
      const after = tree({ purge: true, owner: "www" }).forecast({ source, there: now });
      expect(tree({ purge: true, owner: "www" }).diff({ source, ...after })).to.deep.equal([]);
    }
  });

  it("replaces no folder by a file, and no file by a folder", () => {
    expect(() => names({ there: new Map([...there, ["a", folder]]) })).to.throw(
      "/srv/www/a is a directory, expected a file",
    );
    expect(() => names({ there: new Map([...there, ["sub", file("X")]]) })).to.throw(
      "/srv/www/sub is a file, expected a directory",
    );
  });

  it("needs its source", () => {
    expect(() => tree().diff({ source: undefined, there })).to.throw(
      "/role/files/site is not a folder on the controller",
    );
  });
});
