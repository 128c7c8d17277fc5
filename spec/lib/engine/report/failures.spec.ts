import { expect } from "chai";
import { Failures, typed } from "#engine/report/index.ts";
import type { RunEvent, TaskResult } from "#engine/runner/index.ts";

const failed = (host: string, more: Partial<TaskResult> = {}): TaskResult => ({
  type: "task",
  play: "P",
  host,
  role: "app",
  task: "Start it",
  handler: false,
  id: "1",
  kind: "service",
  label: "app",
  outcome: "failed",
  differences: [],
  message: "exit code 1: no such unit",
  seconds: 1,
  ...more,
});
const ended = (code: number): RunEvent => ({ type: "run ended", recap: {}, code, seconds: 1 });
const last = (...events: RunEvent[]): string => {
  const failures = new Failures();
  for (const event of events) failures.take(event);
  return failures.lines("npm run play site").join("\n");
};

describe("the last lines of a failed run", () => {
  it("name the cause, and that it must be fixed before the command that continues", () => {
    expect(last(failed("n-1"), ended(2))).to.equal(
      [
        "Why it failed:",
        "  n-1: app : Start it: exit code 1: no such unit",
        "Fix the cause first: a second run alone will not help. It then continues where this one ended.",
        "    npm run play site",
      ].join("\n"),
    );
  });

  it("suggest a second run if all causes may pass by themselves", () => {
    const lost: RunEvent = {
      type: "unreachable",
      play: "P",
      host: "n-2",
      message: "connection timed out",
      transient: true,
    };
    const slow = failed("n-1", { transient: true });
    expect(last(slow, lost, ended(4)))
      .to.contain("a second run continues where this one ended")
      .and.contain("  n-2: connection timed out");
    expect(last(slow, lost, failed("n-3"), ended(4))).to.contain("Fix the cause first");
  });

  it("leave out ignored and rescued failures, and are empty after a successful run", () => {
    expect(last(failed("n-1", { ignored: true }), ended(0))).to.equal("");
    const rescued: RunEvent = { type: "rescued", play: "P", host: "n-1", block: "B", failures: 1 };
    expect(last(failed("n-1"), rescued, failed("n-2", { message: "no" }), ended(2))).to.not.contain("no such unit");
  });

  it("name five causes, one per line, and count the others", () => {
    const many = Array.from({ length: 7 }, (_, index) => failed(`n-${String(index)}`, { message: "a\nb".repeat(300) }));
    const text = last(...many, ended(2)).split("\n");
    expect(text).to.have.length(9);
    expect(text[6]).to.equal("  and 2 more, see above");
    expect(Math.max(...text.map((line) => line.length))).to.be.lessThan(450);
  });

  it("suggest the same command after an interrupt", () => {
    expect(last(ended(99)))
      .to.contain("Nothing is lost")
      .and.contain("npm run play site");
  });
});

describe("the command line of a run as it was typed", () => {
  it("is an npm command with options after -- if it was started with npm", () => {
    expect(typed(["site"], { npm_lifecycle_event: "play" })).to.equal("npm run play site");
    expect(typed(["--tags", "etcd", "site"], { npm_lifecycle_event: "play" })).to.equal(
      "npm run play -- --tags etcd site",
    );
    expect(typed(["-e", "a=it's b", "site"], {})).to.equal("kubeplay -e 'a=it'\\''s b' site");
  });

  it("has a placeholder for a word that contains a secret, however a shell would quote it", () => {
    const password = `a'b"c`;
    const text = typed(["-e", `registry_password=${password}`, "site"], {}, (word) => word.includes(password));
    expect(text).to.equal("kubeplay -e '<secret>' site");
  });
});
