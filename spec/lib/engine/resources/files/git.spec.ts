import { expect } from "chai";
import { git } from "kubeplay";
import { asked, subject } from "../one-resource.ts";

const [one, two] = ["1".repeat(40), "2".repeat(40)];
const props = { repo: "https://example.org/app.git", dest: "/opt/app" };
const path = { type: "directory" };
const checkout = { commit: one, origin: props.repo, modified: false };

describe("the resource git", () => {
  it("asks the remote repository for a name, and not for a commit", () => {
    expect(asked(subject(git("g", { ...props, version: "v1" })))).to.have.length(3);
    expect(asked(subject(git("g", { ...props, version: one })))).to.deep.equal([
      "path /opt/app",
      "git checkout /opt/app",
    ]);
  });

  it("compares the commit that a name stands for", () => {
    const task = subject(git("g", { ...props, version: "main" }));
    expect(task.diff({ path, checkout, remote: one })).to.deep.equal([]);
    expect(task.diff({ path, checkout, remote: two })).to.deep.equal([{ what: "commit", before: one, after: two }]);
    expect(() => task.diff({ path, checkout, remote: undefined })).to.throw("has no branch or tag main");
  });

  it("follows a repository that has moved", () => {
    const moved = { ...checkout, origin: "https://old.example.org/app.git" };
    const task = subject(git("g", { ...props, version: one }));
    expect(task.diff({ path, checkout: moved }))
      .to.have.length(1)
      .and.have.nested.property("[0].what", "repo");
    const [step] = task.rawSteps({ path, checkout: moved }) as [{ sh: string }];
    expect(step.sh).to.include("remote set-url origin");
  });

  it("discards changes with force alone", () => {
    const modified = { ...checkout, modified: true };
    const task = (force: boolean) => subject(git("g", { ...props, version: one, force }));
    expect(() => task(false).diff({ path, checkout: modified })).to.throw("has changes of tracked files");
    expect(task(true).diff({ path, checkout: modified })).to.have.length(1);
  });

  it("does not write over something else", () => {
    const task = subject(git("g", { ...props, version: one }));
    expect(() => task.diff({ path: { type: "file" }, checkout: undefined })).to.throw("/opt/app is a file");
  });

  it("rejects properties that git would take for options", () => {
    const refusal = (more: object) => () => subject(git("g", { ...props, ...more }));
    expect(refusal({ repo: "--upload-pack=x" })).to.throw('"--upload-pack=x" is not a repository');
    expect(refusal({ version: "-f" })).to.throw('"-f" is not a branch');
    expect(refusal({ version: "a..b" })).to.throw('"a..b" is not a branch');
    expect(refusal({ depth: 0 })).to.throw("depth is 0");
  });
});
