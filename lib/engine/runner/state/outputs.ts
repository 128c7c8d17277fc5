import type { Made, Source } from "../../tasks/output.ts";
import { originOf, type Task } from "../../tasks/task.ts";

/** The registered outputs of all hosts in this run. */
export type Registered = Map<string, unknown>;

const keyOf = (host: string, name: string): string => `${host}\0${name}`;

/** The outputs of one host's tasks in one play, and the registered outputs of the run. */
export class Outputs {
  readonly #host: string;
  readonly #registered: Registered;
  readonly #own = new Map<Task, unknown>();

  constructor(host: string, registered: Registered) {
    this.#host = host;
    this.#registered = registered;
  }

  keep(task: Task, value: unknown): void {
    if (value === undefined) return;
    this.#own.set(originOf(task), value);
    if (task.registered !== undefined) this.#registered.set(keyOf(this.#host, task.registered), value);
  }

  of(task: Task): unknown {
    return this.#own.get(originOf(task));
  }

  readonly made: Made = (source: Source) => {
    const [known, key]: [ReadonlyMap<unknown, unknown>, unknown] =
      "host" in source ? [this.#registered, keyOf(source.host, source.registered)] : [this.#own, source];
    return known.has(key) ? { value: known.get(key) } : undefined;
  };
}
