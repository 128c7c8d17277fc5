import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TaskResult } from "#engine/runner/index.ts";
import { Predictions } from "#engine/runner/sealed/predictions.ts";
import { Seal } from "#engine/runner/sealed/seal.ts";

describe("the predictions of a check", () => {
  let root: string;
  let predictions: Predictions;
  const cover = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll("hunter2", "***")) as T;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "predictions-"));
    predictions = new Predictions(Seal.of(root), cover);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const task = (over: Partial<TaskResult> = {}): TaskResult => ({
    type: "task",
    play: "Play",
    host: "a",
    role: "app",
    task: "Write it",
    id: "1",
    handler: false,
    kind: "file",
    label: "/x",
    outcome: "changed",
    differences: [],
    seconds: 0,
    ...over,
  });
  const hostA = () => predictions.hosts.a;

  it("know each host of a play, also without a change", () => {
    predictions.take({ type: "play started", play: "Play", hosts: ["a", "b"] });
    expect(Object.keys(predictions.hosts)).to.deep.equal(["a", "b"]);
    expect(hostA()).to.deep.equal({ changes: [], answers: {} });
  });

  it("have what is changed, and nothing that is ok or skipped", () => {
    for (const outcome of ["ok", "changed", "skipped"] as const)
      predictions.take(task({ outcome, task: outcome, label: "/hunter2" }));
    expect(hostA()?.changes).to.have.length(1);
    expect(hostA()?.changes[0]).to.deep.include({ play: "Play", role: "app", task: "changed", label: "/***" });
    expect(hostA()).to.not.have.property("failed");
  });

  for (const outcome of ["failed", "unreachable"] as const)
    it(`have the first task that is ${outcome}, without its secrets`, () => {
      predictions.take(task({ outcome, message: "hunter2 is wrong" }));
      predictions.take(task({ outcome, task: "Write another", message: "no" }));
      expect(hostA()).to.include({ failed: "Write it: *** is wrong" });
      expect(hostA()?.changes).to.deep.equal([]);
    });

  it("have the reason why a host was not reached", () => {
    predictions.take({ type: "unreachable", play: "Play", host: "a", message: "no route" });
    predictions.take({ type: "notice", message: "something else" });
    expect(predictions.hosts).to.have.keys("a");
    expect(hostA()).to.include({ failed: "no route" });
  });
});
