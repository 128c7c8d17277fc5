import type { RunEvent } from "../runner/index.ts";
import { cutTo } from "./columns.ts";

type Progress = Extract<RunEvent, { type: "progress" }>;

/** Seconds before the first line of a task, and between two lines of the same task. */
const first = 10;
const between = 30;
/** The maximum length of a log line, in columns. */
const longest = 120;

const textOf = ({ host, task, line, seconds }: Progress): string =>
  `  … ${host}: ${task}: ${line} (${seconds.toFixed(0)} s)`;

/** Progress lines of tasks that take long. A log gets only a few, of limited length. */
export class SignsOfLife {
  readonly #said = new Map<string, number>();

  /** The line for a log; undefined if none is due yet. */
  forLog(event: Progress): string | undefined {
    const key = JSON.stringify([event.play, event.host, event.role, event.task]);
    const last = this.#said.get(key);
    // If the time has gone down, this is a new attempt at the task.
    const due = last === undefined || event.seconds < last ? first : last + between;
    if (event.seconds < due) return undefined;
    this.#said.set(key, event.seconds);
    return cutTo(textOf(event), longest);
  }

  /** The line in full, for events that must not be missed. */
  whole(event: Progress): string {
    return textOf(event);
  }

  /** The line for a terminal, which replaces the one before it. */
  forTerminal(event: Progress, columns: number): string {
    return cutTo(textOf(event), columns);
  }
}
