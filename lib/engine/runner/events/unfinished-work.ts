import { counted } from "../../counted.ts";
import type { Play, Playbook } from "../../dsl/index.ts";
import type { RunEvent, TaskName, TaskResult } from "./events.ts";
import { keyOf } from "./merge-order.ts";

/** Returns the names of a host's pending handlers. */
export type Owed = (host: string) => readonly string[];

/** Describes what a run that ended early has not done. */
export class UnfinishedWork {
  readonly #plays: Playbook;
  #begun = 0;
  #play = "";
  /** The hosts of the current play whose tasks are not known: they were not reached yet. */
  #waiting = new Set<string>();
  /** The remaining tasks of each host in the current play. */
  #tasks = new Map<string, TaskName[]>();

  constructor(playbook: Playbook) {
    this.#plays = playbook;
  }

  take(event: RunEvent): void {
    if (event.type === "play started") {
      this.#begun = this.#plays.findIndex(({ name }, index) => index >= this.#begun && name === event.play) + 1;
      this.#play = event.play;
      this.#waiting = new Set(event.hosts);
      this.#tasks.clear();
    } else if (event.type === "tasks")
      for (const [host, own] of Object.entries(event.hosts)) {
        this.#waiting.delete(host);
        this.#tasks.set(
          host,
          own.map((index) => event.tasks[index]).filter((name) => name !== undefined),
        );
      }
    else if (event.type === "task" && isDone(event)) this.#done(event.host, event);
  }

  /** Returns one sentence per item. */
  describe(owed: Owed): string[] {
    const hosts = [...this.#tasks].flatMap(([host, tasks]) => {
      const [next] = tasks;
      const handlers = owed(host);
      return [
        ...(next
          ? [`Not done on ${host}: ${counted(tasks.length, "task")} of "${this.#play}", the next is "${next.task}".`]
          : []),
        ...(handlers.length > 0
          ? [`Owed to ${host}: ${counted(handlers.length, "handler")}, ${handlers.join(", ")}.`]
          : []),
      ];
    });
    const done = [...this.#tasks.keys()].filter((host) => !this.#isLeft(host, owed));
    const plays = this.#plays.slice(this.#begun);
    return [
      ...(done.length > 0 ? [`Done with "${this.#play}": ${done.join(", ")}.`] : []),
      ...hosts,
      ...(this.#waiting.size > 0 ? [`Not begun on ${[...this.#waiting].join(", ")}: "${this.#play}".`] : []),
      ...(plays.length > 0 ? [`Not begun: ${plays.map(({ name }) => `"${name}"`).join(", ")}.`] : []),
      "The same command again does what is left.",
    ];
  }

  /** The names of the hosts that have something left to do. `hostsOf` returns the hosts of a play. */
  hosts(owed: Owed, hostsOf: (play: Play) => readonly { readonly name: string }[]): string[] {
    const later = this.#plays.slice(this.#begun).flatMap((play) => hostsOf(play).map(({ name }) => name));
    const left = [...this.#tasks.keys()].filter((host) => this.#isLeft(host, owed));
    return [...new Set([...this.#waiting, ...left, ...later])];
  }

  #isLeft(host: string, owed: Owed): boolean {
    return (this.#tasks.get(host) ?? []).length > 0 || owed(host).length > 0;
  }

  #done(host: string, name: TaskName): void {
    const left = this.#tasks.get(host) ?? [];
    const at = left.findIndex((one) => keyOf(one) === keyOf(name));
    if (at >= 0) left.splice(at, 1);
  }
}

/** The same command does a failed task again. */
const isDone = ({ outcome, ignored }: TaskResult): boolean =>
  ignored === true || (outcome !== "failed" && outcome !== "unreachable");
