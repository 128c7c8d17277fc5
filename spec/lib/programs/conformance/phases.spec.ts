import { expect } from "chai";
import { commandOf, phasesOf } from "#programs/conformance/phases.ts";

const run = {
  program: "/cache/e2e.test",
  ginkgo: "/cache/ginkgo",
  kubeconfig: "/k",
  reports: "/r",
};

describe("the phases of a conformance run", () => {
  it("are a single one if tests run one by one", () => {
    expect(phasesOf({ labels: "Conformance", parallel: 1 })).to.deep.equal([
      { name: "one by one", parallel: 1, labels: "Conformance" },
    ]);
  });

  it("leave tests that need the cluster for themselves to the second, and leave out none", () => {
    const [first, second] = phasesOf({ labels: "Conformance || x", parallel: 4 });
    expect(first?.labels).to.equal("(Conformance || x) && !(Serial || Disruptive)");
    expect(second).to.include({ parallel: 1, labels: "(Conformance || x) && (Serial || Disruptive)" });
  });

  it("start the test program, or Ginkgo's own with several processes of it", () => {
    const [alone, args] = commandOf({ name: "", parallel: 1, labels: "x" }, { ...run, focus: "DNS" });
    expect(alone).to.equal("/cache/e2e.test");
    expect(args).to.include.members(["--ginkgo.label-filter=x", "--ginkgo.focus=DNS", "--kubeconfig=/k"]);
    const [several, words] = commandOf({ name: "", parallel: 3, labels: "x" }, run);
    expect(several).to.equal("/cache/ginkgo");
    expect(words).to.include.members(["--procs=3", "--label-filter=x", "/cache/e2e.test"]);
    expect(words.indexOf("--")).to.be.lessThan(words.indexOf("--kubeconfig=/k"));
  });

  it("run no test in a dry run", () => {
    const [, args] = commandOf({ name: "", parallel: 1, labels: "x" }, run, true);
    expect(args).to.include("--ginkgo.dry-run");
  });
});
