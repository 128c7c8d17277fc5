import type { Playbook } from "../../dsl/index.ts";
import type { RunEvent, TaskName } from "./events.ts";
import { keyOf } from "./merge-order.ts";

/** Describes what an interrupted run has not done. */
export class UnfinishedWork {
  readonly #plays: readonly string[];
  #begun = 0;
  #play = "";
  /** The remaining tasks of each host in the current play. */
  #tasks = new Map<string, TaskName[]>();

  constructor(playbook: Playbook) {
    this.#plays = playbook.map(({ name }) => name);
  }

  take(event: RunEvent): void {
    if (event.type === "play started") {
      this.#begun = this.#plays.indexOf(event.play, this.#begun) + 1;
      this.#play = event.play;
      this.#tasks.clear();
    } else if (event.type === "tasks")
      for (const [host, own] of Object.entries(event.hosts))
        this.#tasks.set(
          host,
          own.map((index) => event.tasks[index]).filter((name) => name !== undefined),
        );
    else if (event.type === "task") this.#done(event.host, event);
  }

  /** Returns one sentence per item. `owed` returns the names of a host's pending handlers. */
  describe(owed: (host: string) => readonly string[]): string[] {
    const hosts = [...this.#tasks].flatMap(([host, tasks]) => {
      const [next] = tasks;
      const handlers = owed(host);
      return [
        ...(next
          ? [`Not done on ${host}: ${count(tasks.length, "task")} of "${this.#play}", the next is "${next.task}".`]
          : []),
        ...(handlers.length > 0
          ? [`Owed to ${host}: ${count(handlers.length, "handler")}, ${handlers.join(", ")}.`]
          : []),
      ];
    });
    const plays = this.#plays.slice(this.#begun);
    const notBegun = plays.length > 0 ? [`Not begun: ${plays.map((name) => `"${name}"`).join(", ")}.`] : [];
    return [...hosts, ...notBegun, "The same command again does what is left."];
  }

  #done(host: string, name: TaskName): void {
    const left = this.#tasks.get(host) ?? [];
    const at = left.findIndex((one) => keyOf(one) === keyOf(name));
    if (at >= 0) left.splice(at, 1);
  }
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
