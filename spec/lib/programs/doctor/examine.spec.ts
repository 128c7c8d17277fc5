import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { PlayError } from "#engine/errors.ts";
import { defineCheck, type Finding, type Seen } from "#programs/doctor/check.ts";
import { ownChecks } from "#programs/doctor/checks/index.ts";
import { examine, isIll } from "#programs/doctor/examine.ts";
import { checksOfProject } from "#programs/doctor/own-checks.ts";
import { reportOf } from "#programs/doctor/report.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

const finding = (severity: Finding["severity"], problem: string): Finding => ({
  ...{ severity, problem },
  subject: "cp-1",
  remedy: "mend it",
});
const check = (name: string, ...findings: Finding[]) =>
  defineCheck({ name, description: "It is well.", findings: () => findings });
const seenBy = () => ({}) as Seen;

describe("an examination of the doctor", () => {
  it("puts errors first, keeps the order of the checks, and names the check of each finding", () => {
    const checks = [check("one", finding("note", "a"), finding("error", "b")), check("two", finding("error", "c"))];
    const found = examine(checks, seenBy, [finding("error", "unreachable")]);
    expect(found.map((one) => `${one.check} ${one.problem}`)).to.deep.equal([
      "reach unreachable",
      "one b",
      "two c",
      "one a",
    ]);
  });

  it("is ill with an error or a warning, not with a note", () => {
    expect(
      [[], ["note"], ["warning"], ["error"]].map((all) => isIll(all.map((one) => finding(one as "note", "x")))),
    ).to.deep.equal([false, false, true, true]);
  });

  it("goes on after a check that fails itself, and says so", () => {
    const broken = defineCheck({
      ...{ name: "broken", description: "" },
      findings: () => {
        throw new Error("oops");
      },
    });
    const found = examine([broken, check("two", finding("error", "c"))], seenBy);
    expect(found.map(({ subject, cause }) => [subject, cause])).to.deep.equal([
      ["cp-1", undefined],
      ["the check broken", "oops"],
    ]);
  });

  it("is reported with cause and remedy; what a host says cannot move the cursor or begin a line", () => {
    const hostile = { ...finding("error", "x\u001b[2J\ny"), cause: "a\nERROR b" };
    const lines = reportOf(examine([check("one", hostile)], seenBy), [check("one")], 2);
    expect(lines.join("\n")).not.to.contain("\u001b[2J");
    expect(lines.filter((line) => /^\S*ERROR/.test(line))).to.have.length(1);
    expect(lines[2]).to.equal("    remedy: mend it");
    expect(lines.at(-1)).to.equal("1 check on 2 hosts: 1 error, 0 warnings, 0 notes.");
    expect(reportOf([], [check("one")], 1)).to.deep.equal(["1 check on 1 host: nothing found."]);
  });

  it("has checks with a name and a description each", () => {
    expect(new Set(ownChecks.map(({ name }) => name)).size).to.equal(ownChecks.length);
    for (const { name, description } of ownChecks) {
      expect(name).to.match(/^[a-z-]+$/);
      expect(description, name).to.match(/^\S.*\.$/);
    }
  });
});

describe("a project's own checks", () => {
  const folder = temporaryFolder();
  const project = (name: string, files: Readonly<Record<string, string>>): string => {
    const root = path.join(folder, name);
    mkdirSync(path.join(root, "doctor"), { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(path.join(root, "doctor", file), content);
    return root;
  };
  const code = (name: string) => `export default { name: "${name}", description: "", findings: () => [] };`;
  const refusal = async (files: Readonly<Record<string, string>>, name: string) => {
    const error: unknown = await checksOfProject(project(name, files), ownChecks).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(PlayError);
    return (error as Error).message;
  };

  it("are the files of its folder doctor/, in order; without the folder there are none", async () => {
    const root = project("good", { "b.ts": code("b"), "a.ts": code("a"), "notes.md": "" });
    expect((await checksOfProject(root, ownChecks)).map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(await checksOfProject(path.join(folder, "none"), ownChecks)).to.deep.equal([]);
  });

  it("are refused by file if they are no check, cannot be loaded, or have a name that is taken", async () => {
    expect(await refusal({ "x.ts": "export const a = 1;" }, "no")).to.contain("doctor/x.ts: expected a check");
    expect(await refusal({ "x.ts": "throw new Error('oops');" }, "broken")).to.contain(
      "doctor/x.ts could not be loaded: oops",
    );
    expect(await refusal({ "x.ts": code("etcd") }, "taken")).to.contain("a check named etcd already");
  });
});
