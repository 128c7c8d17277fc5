import { expect } from "chai";
import { defineRole, play, playbook, PlayError, run as shell } from "kubeplay";
import { Recording } from "#engine/runner/events/recording.ts";
import type { RunEvent } from "#engine/runner/index.ts";
import { clear, folder, played } from "../stage.ts";

describe("the recording of a run", () => {
  after(clear);
  const notice = (message: string): RunEvent => ({ type: "notice", message });
  const messages = (events: readonly RunEvent[]) =>
    events.flatMap((event) => (event.type === "notice" ? [event.message] : []));

  it("passes each event on until its end", () => {
    const taken: RunEvent[] = [];
    const recording = new Recording((event) => taken.push(event));
    recording.emit(notice("one"));
    recording.end();
    recording.emit(notice("of work that nobody waited for"));
    expect(messages(taken)).to.deep.equal(["one"]);
    expect(recording.failed).to.equal(false);
  });

  it("never disturbs the work, and says once that it failed", () => {
    const taken: RunEvent[] = [];
    let isFull = false;
    const recording = new Recording((event) => {
      taken.push(event);
      if (isFull) throw new PlayError("no space left on device");
    });
    recording.emit(notice("one"));
    isFull = true;
    recording.emit(notice("two"));
    recording.emit(notice("three"));
    expect(recording.failed).to.equal(true);
    expect(messages(taken)).to.deep.equal([
      "one",
      "two",
      "The run can no longer be recorded: no space left on device. It ends after the running steps.",
      "three",
    ]);
  });

  it("that fails ends the run with code 1 and what it has not done", async () => {
    const root = folder();
    const role = defineRole({
      name: "app",
      description: "",
      vars: {},
      tasks: () => ["One", "Two", "Three"].map((name) => shell(name, { run: `touch ${root}/${name}` })),
    });
    const { code, events } = await played({
      root,
      playbook: playbook([play({ name: "Play", hosts: "all", roles: [role] })]),
      onEvent: (event) => {
        if (event.type === "task" && event.task === "One") throw new PlayError("no space left on device");
      },
    });
    expect(code).to.equal(1);
    expect(events.filter(({ type }) => type === "task")).to.have.length(1);
    expect(messages(events)).to.deep.equal([
      "The run can no longer be recorded: no space left on device. It ends after the running steps.",
      'Not done on a: 2 tasks of "Play", the next is "Two".',
      "The same command again does what is left.",
    ]);
    expect(events.at(-1)).to.deep.include({ type: "run ended", code: 1, unfinished: ["a"] });
  });
});
