import { expect } from "chai";
import { play, playbook } from "kubeplay";
import type { RunEvent } from "#engine/runner/index.ts";
import { UnfinishedWork } from "#engine/runner/events/unfinished-work.ts";

const name = (task: string) => ({ role: "app", task, handler: false });
const begun: readonly RunEvent[] = [
  { type: "play started", play: "One", hosts: ["a", "b"] },
  { type: "tasks", play: "One", tasks: [name("x"), name("y"), name("z")], hosts: { a: [0, 1, 2], b: [0, 2] } },
];
const did = (host: string, task: string): RunEvent => ({
  type: "task",
  play: "One",
  host,
  ...name(task),
  id: task,
  kind: "file",
  label: "",
  outcome: "ok",
  differences: [],
  seconds: 0,
});

describe("what an interrupted run leaves", () => {
  const plays = playbook(["Zero", "One", "Two", "Three"].map((one) => play({ name: one, hosts: "all", roles: [] })));
  const after = (events: readonly RunEvent[], owed: Readonly<Record<string, readonly string[]>> = {}) => {
    const left = new UnfinishedWork(plays);
    for (const event of events) left.take(event);
    return left.describe((host) => owed[host] ?? []);
  };

  it("is told by host, with the handlers that are owed and the plays that were not begun", () => {
    expect(after([...begun, did("a", "x"), did("b", "x"), did("b", "z")], { b: ["Restart it"] })).to.deep.equal([
      'Not done on a: 2 tasks of "One", the next is "y".',
      "Owed to b: 1 handler, Restart it.",
      'Not begun: "Two", "Three".',
      "The same command again does what is left.",
    ]);
  });

  it("names no play after the last one has begun", () => {
    expect(after([{ type: "play started", play: "Three", hosts: ["a"] }])).to.deep.equal([
      'Not begun on a: "Three".',
      "The same command again does what is left.",
    ]);
  });

  it("names the hosts that are done with the play, and not those whose last task failed", () => {
    const failed: RunEvent = { ...did("b", "z"), outcome: "failed" } as RunEvent;
    const events = [...begun, did("a", "x"), did("a", "y"), did("a", "z"), did("b", "x"), failed];
    expect(after(events).slice(0, 2)).to.deep.equal([
      'Done with "One": a.',
      'Not done on b: 1 task of "One", the next is "z".',
    ]);
  });

  it("is listed by host: those of later plays, those that were not reached, and those with tasks or handlers left", () => {
    const left = new UnfinishedWork(plays.slice(0, 3));
    for (const event of [...begun, did("b", "x"), did("b", "z")]) left.take(event);
    const hostsOf = () => [{ name: "c" }, { name: "a" }];
    expect(left.hosts(() => [], hostsOf)).to.have.members(["a", "c"]);
    expect(
      left.hosts(
        (host) => (host === "b" ? ["Restart it"] : []),
        () => [],
      ),
    ).to.deep.equal(["a", "b"]);
    left.take({ type: "play started", play: "Two", hosts: ["d"] });
    expect(left.hosts(() => [], hostsOf)).to.deep.equal(["d"]);
  });

  it("is everything before the first play", () => {
    expect(after([])[0]).to.equal('Not begun: "Zero", "One", "Two", "Three".');
  });
});
