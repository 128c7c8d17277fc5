import type { Made, MadeOutput, Source } from "../../tasks/output.ts";
import { originOf, type Task } from "../../tasks/task.ts";

/** The registered outputs of all hosts in this run. */
export type Registered = Map<string, MadeOutput>;

const keyOf = (host: string, name: string): string => `${host}\0${name}`;

/** The outputs of one host's tasks in one play, and the registered outputs of the run. */
export class Outputs {
  readonly #host: string;
  readonly #registered: Registered;
  readonly #own = new Map<Task, MadeOutput>();
  readonly #secret = new Set<Task>();

  /** Whether anything reads the output of a task; no other is kept. */
  readonly isTaken: (task: Task) => boolean;

  constructor(host: string, registered: Registered, isTaken: (task: Task) => boolean = () => true) {
    this.#host = host;
    this.#registered = registered;
    this.isTaken = isTaken;
  }

  /** There is a secret in the task: its output counts as one too. */
  hide(task: Task): void {
    this.#secret.add(originOf(task));
  }

  keep(task: Task, value: unknown): void {
    if (value !== undefined && this.isTaken(task))
      this.share(task, { value, secret: this.#secret.has(originOf(task)) });
  }

  /** Keeps the output of another host, which did the task for all. */
  share(task: Task, output: MadeOutput | undefined): void {
    if (!output) return;
    this.#own.set(originOf(task), output);
    if (task.registered !== undefined) this.#registered.set(keyOf(this.#host, task.registered), output);
  }

  of(task: Task): MadeOutput | undefined {
    return this.#own.get(originOf(task));
  }

  readonly made: Made = (source: Source) => {
    const [known, key]: [ReadonlyMap<unknown, MadeOutput>, unknown] =
      "host" in source ? [this.#registered, keyOf(source.host, source.registered)] : [this.#own, source];
    return known.get(key);
  };
}
