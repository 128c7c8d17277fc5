import { expect } from "chai";
import { namesIn, resultsIn } from "#programs/conformance/results.ts";
import { rowsOf, summary } from "#programs/conformance/summary.ts";

const spec = (text: string, state: string, more: object = {}) => ({
  LeafNodeType: "It",
  LeafNodeText: text,
  ContainerHierarchyTexts: ["[sig-network] DNS"],
  State: state,
  RunTime: 1.5e9,
  ...more,
});
const failure = { Failure: { Message: "timed out\nafter a long trace" } };
const report = JSON.stringify([
  {
    SpecReports: [
      { ...spec("", "passed"), LeafNodeType: "BeforeSuite", ContainerHierarchyTexts: null },
      spec("should resolve", "passed"),
      spec("should fail", "failed", failure),
      spec("should hang", "timedout", failure),
      spec("is not asked for", "skipped"),
      spec("is not there", "pending"),
      spec("has no group", "passed", { ContainerHierarchyTexts: null }),
    ],
  },
]);

describe("the results of a conformance run", () => {
  it("are those of the tests that ran, each failure with the first line of its message", () => {
    expect(resultsIn(report)).to.deep.equal([
      { name: "[sig-network] DNS should resolve", outcome: "passed", seconds: 1.5 },
      { name: "[sig-network] DNS should fail", outcome: "failed", seconds: 1.5, why: "timed out" },
      { name: "[sig-network] DNS should hang", outcome: "failed", seconds: 1.5, why: "timedout: timed out" },
      { name: "has no group", outcome: "passed", seconds: 1.5 },
    ]);
  });

  it("contain a failure if the suite could not begin", () => {
    const broken = JSON.stringify([{ SpecReports: [{ ...spec("", "failed", failure), LeafNodeType: "BeforeSuite" }] }]);
    expect(resultsIn(broken)).to.have.length(1).and.property("0").include({ outcome: "failed", why: "timed out" });
  });

  it("contain a failure if the suite itself failed", () => {
    const reasons = JSON.stringify([
      { SpecReports: [spec("should resolve", "passed")], SpecialSuiteFailureReasons: ["Suite Timeout"] },
    ]);
    expect(resultsIn(reasons).at(-1)).to.include({ outcome: "failed", why: "Suite Timeout" });
  });

  it("name the tests that would run", () => {
    expect(namesIn(report)).to.have.length(4).and.include("has no group");
  });

  it("are counted by group and in total", () => {
    expect(rowsOf(resultsIn(report))).to.deep.equal([
      { group: "others", passed: 1, failed: 0, seconds: 1.5 },
      { group: "sig-network", passed: 1, failed: 2, seconds: 4.5 },
    ]);
    expect(summary(resultsIn(report)).split("\n")).to.deep.equal([
      "|             | passed | failed | minutes |",
      "| ----------- | -----: | -----: | ------: |",
      "| others      |      1 |      0 |     0.0 |",
      "| sig-network |      1 |      2 |     0.1 |",
      "| all         |      2 |      2 |     0.1 |",
      "",
      "- [sig-network] DNS should fail: timed out",
      "- [sig-network] DNS should hang: timedout: timed out",
    ]);
  });
});
