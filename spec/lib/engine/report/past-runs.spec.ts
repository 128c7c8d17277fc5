import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pastRuns, RunFiles, unendedSince } from "#engine/report/index.ts";
import { temporaryFolder } from "../temporary.ts";

const madeOf = {
  given: { inventory: ["hosts.yaml"], tags: [], skipTags: [], extraVars: [] },
  sources: { "hosts.yaml": "x" },
};

describe("past runs", () => {
  const folder = path.join(temporaryFolder(), "runs");

  const run = (id: string, { check = false, ends = true } = {}): void => {
    const files = new RunFiles(path.join(folder, id), madeOf);
    files.take({ type: "run started", id, playbook: "site", check });
    if (ends) files.take({ type: "run ended", recap: {}, code: 0, seconds: 1 });
  };

  it("are empty if nothing was run yet", () => {
    expect(pastRuns(folder)).to.deep.equal([]);
    expect(unendedSince(folder, "")).to.deep.equal([]);
  });

  it("are the finished runs that were not checks, latest first, with arguments and sources", () => {
    run("20260101T000000-aaaa");
    run("20260102T000000-bbbb", { ends: false });
    run("20260103T000000-cccc");
    run("20260104T000000-dddd", { check: true });
    run("20260105T000000-eeee", { ends: false });
    run("20260106T000000-ffff", { check: true, ends: false });
    mkdirSync(path.join(folder, "20260107T000000-0000"));
    writeFileSync(path.join(folder, "20260107T000000-0000", "summary.json"), "{");
    const runs = pastRuns(folder);
    expect(runs.map(({ id }) => id)).to.deep.equal(["20260103T000000-cccc", "20260101T000000-aaaa"]);
    expect(runs[0]).to.deep.include(madeOf);
    expect(unendedSince(folder, "20260103T000000-cccc")).to.deep.equal(["20260105T000000-eeee"]);
  });
});
