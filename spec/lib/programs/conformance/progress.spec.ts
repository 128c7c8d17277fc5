import { expect } from "chai";
import { Progress } from "#programs/conformance/progress.ts";

const line = "-".repeat(30);
const told = (...lines: string[]): string[] => {
  const said: string[] = [];
  const progress = new Progress(5, (text) => said.push(text.replace(/\d+\.\d min/, "N min")));
  for (const one of lines) progress.take(one);
  return said;
};

describe("the progress of a conformance run", () => {
  const run = "[sig-node] Pods run [Conformance] [sig-node, Conformance]";
  const stop = "[sig-node] Pods stop [sig-node]";
  const wanted = [
    "1 of 5 (N min): ok [sig-node] Pods run [Conformance]",
    "2 of 5 (N min, 1 failed): FAILED [sig-node] Pods stop",
  ];

  it("follows tests that run one by one and are named before they end", () => {
    const words = [
      "Running Suite: e2e",
      line,
      run,
      "test/e2e/pods.go:1",
      "  STEP: [sig-node] x",
      "• [3.732 seconds]",
      line,
    ];
    expect(told(...words, line, stop, "• [FAILED] [12 seconds]", line)).to.deep.equal(wanted);
  });

  it("follows tests that run at once and are named when they have ended", () => {
    const words = [line, "• [3.732 seconds]", run, "test/e2e/pods.go:1", line];
    expect(told(...words, "• [FAILED] [12.1 seconds]", stop, line)).to.deep.equal(wanted);
  });

  it("does not count skipped tests", () => {
    const left = ["S [SKIPPED] [0.1 seconds]", stop];
    expect(told(line, ...left, line, "• [3.7 seconds]", run, line)).to.deep.equal([wanted[0]]);
    expect(told(line, stop, "S [SKIPPED] [0.1 seconds]", line, run, "• [3.7 seconds]", line)).to.deep.equal([
      wanted[0],
    ]);
  });
});
