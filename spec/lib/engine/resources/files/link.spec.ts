import { expect } from "chai";
import { link } from "kubeplay";
import { subject } from "../one-resource.ts";

describe("the resource link", () => {
  const current = subject(link("Point it", { dest: "/opt/current", target: "v 2" }));

  for (const [path, before, step] of [
    [
      { type: "absent" },
      undefined,
      "kubeplay_enter '/opt' && kubeplay_same 'current' 'absent' && ln -sT -- 'v 2' ./'current'",
    ],
    [
      { type: "link", target: "v 1", toDirectory: true },
      "v 1",
      "kubeplay_enter '/opt' && kubeplay_apart && ln -sT -- 'v 2' ./'current' && mv -fT -- ./'current' ../'current' && kubeplay_leave",
    ],
  ] as const)
    it(`is made or changed atomically if the path is ${path.type}`, () => {
      expect(current.diff({ path })).to.deep.equal([{ what: "target", before, after: "v 2" }]);
      expect(current.steps({ path })).to.deep.equal([step]);
      expect(current.diff(current.forecast({ path }))).to.deep.equal([]);
    });

  it("has no differences if it has the target", () => {
    expect(current.diff({ path: { type: "link", target: "v 2", toDirectory: false } })).to.deep.equal([]);
  });

  it("does not replace a file or a directory", () => {
    for (const type of ["file", "directory"])
      expect(() => current.diff({ path: { type, mode: 0o755 } })).to.throw(
        `/opt/current is a ${type}, expected a link or nothing: move it away first`,
      );
  });

  it("is removed", () => {
    const gone = subject(link("x", { dest: "/opt/current", state: "absent" }));
    const path = { type: "link", target: "v 1", toDirectory: true };
    expect(gone.diff({ path })).to.deep.equal([{ what: "target", before: "v 1", after: undefined }]);
    expect(gone.steps({ path })).to.deep.equal(["kubeplay_enter '/opt' && rm -f -- ./'current'"]);
    expect(gone.diff(gone.forecast({ path }))).to.deep.equal([]);
  });

  it("requires a target", () => {
    expect(() => subject(link("x", { dest: "/opt/current" }))).to.throw("/opt/current: a link requires a target");
  });
});
