import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { Project } from "../project.ts";

describe("a question without anybody who could answer it", () => {
  let project: Project;
  before(() => {
    project = new Project(mkdtempSync(path.join(tmpdir(), "kubeplay-ask-")));
    project.role("calm", `kubeplay.command("Say it", { run: "echo said > ${project.at("said")}" })`);
  });
  after(() => rmSync(project.root, { recursive: true }));

  for (const word of ["-K", "-k"])
    it(`of ${word} ends the run before it begins`, () => {
      const { code, output } = project.play([word, "calm"]);
      expect(output).to.contain("the input has ended. Use a terminal");
      expect(code, output).to.equal(5);
    });

  it("of --step ends the run in order, and nothing is done", () => {
    const { code, output } = project.play(["--step", "calm"]);
    expect(output).to.contain("the input has ended. Use a terminal").and.to.contain("changed=0");
    expect(code, output).to.equal(99);
  });

  it("is answered by a last line without a line end", () => {
    const { code, output } = project.play(["--step", "--check", "calm"], { input: "c" });
    expect(code, output).to.equal(0);
    expect(output).to.contain("changed=1");
  });
});
