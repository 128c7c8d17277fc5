import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import { temporaryFolder } from "../temporary.ts";
import { Project } from "./project.ts";

describe("a run whose output pipe is closed", () => {
  it("continues to its end", async () => {
    const command = "{ node lib/engine/cli/kubeplay.mjs --list-tasks site; echo $? >&2; } | true";
    const { stderr } = await promisify(execFile)("sh", ["-c", command]);
    expect(stderr).to.equal("0\n");
  });
});

describe("the program", () => {
  const project = new Project(temporaryFolder());
  const file = (name: string): string =>
    `kubeplay.file("Write ${name}", { dest: "${project.at(name)}", content: "" }).tagged("${name}")`;

  before(() => {
    project.write("empty", "\n# nobody\n");
    project.role("app", [file("one"), file("two")].join(", "));
    project.role("another", file("three"));
  });

  it("rejects a limit that leaves no host", () => {
    for (const limit of ["!all", "here:&ungrouped:!here", ",", "@empty"]) {
      const { code, output } = project.play(["--limit", limit, "app"]);
      expect(code, output).to.equal(1);
      expect(output).to.include(`--limit "${limit}" leaves no host`);
    }
    const { code, output } = project.play(["--limit", "localhost", "app"]);
    expect(code, output).to.equal(1);
    expect(output).to.include("leaves localhost, and no play of this playbook is for it");
  });

  it("looks for a playbook of any name, also of a built-in property", () => {
    for (const name of ["constructor", "__proto__", "toString"]) {
      const { code, output } = project.play([name]);
      expect(code, output).to.equal(1);
      expect(output).to.include(`no playbook ${name} in playbooks/`).and.not.include("    at ");
    }
    const { code, output } = project.play(["--explain-var", "constructor", "app"]);
    expect(code, output).to.equal(1);
    expect(output).to.include("there is no variable constructor");
  });

  it("says what drift did not look at", () => {
    expect(project.play(["--tags", "one", "app"]).code).to.equal(0);
    expect(existsSync(project.at("two"))).to.equal(false);
    const { code, output } = project.play(["drift"]);
    expect(code, output).to.equal(0);
    expect(output).to.include("Not looked at: --tags one of that run left out 1 task: app : Write two\n");
    expect(output).to.include("No drift on 1 host, in what was looked at.");
    expect(project.play(["app"]).code).to.equal(0);
    expect(project.play(["drift"]).output)
      .to.include("No drift on 1 host.")
      .and.not.include("Not looked at");
  });

  describe("with a broken role", () => {
    afterEach(() => rmSync(project.at("roles/broken"), { recursive: true }));

    for (const [how, text] of [
      ["is not valid TypeScript", "export const broken = ;"],
      ["throws while it is loaded", `throw new Error("no such word");`],
      ["imports what is not there", `import "./missing.ts";`],
    ] as const)
      it(`that ${how}, plays what does not import it, and says so`, () => {
        project.write("roles/broken/index.ts", text);
        project.write("playbooks/with-broken.ts", `import "../roles/broken/index.ts"; export default [];`);
        project.write("group_vars/all.yaml", "broken_port: 1\n");
        const whole = project.play(["app"]);
        expect(whole.code, whole.output).to.equal(0);
        expect(whole.output).to.match(/roles\/broken\/index\.ts could not be (?:loaded|compiled): /);
        const broken = project.play(["with-broken"]);
        expect(broken.code, broken.output).to.equal(1);
        expect(broken.output).to.match(/broken\/index\.ts|with-broken\.ts could not be loaded: no such word/);
        rmSync(project.at("playbooks/with-broken.ts"));
        rmSync(project.at("group_vars/all.yaml"));
      });
  });
});
