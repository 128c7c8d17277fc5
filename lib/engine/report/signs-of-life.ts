import type { RunEvent } from "../runner/index.ts";

type Progress = Extract<RunEvent, { type: "progress" }>;

/** Seconds: before a task is worth a line, and between two lines of the same. */
const first = 10;
const between = 30;
/** Characters that a line may have where it is not cut to the terminal's width. */
const longest = 120;

const lineOf = ({ host, task, line, seconds }: Progress, width = Infinity): string => {
  const text = `  … ${host}: ${task}: ${line} (${seconds.toFixed(0)} s)`;
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
};

/** The lines that say that tasks are still at work: for a log a few, of limited length. */
export class SignsOfLife {
  readonly #said = new Map<string, number>();

  /** The line for a log; undefined where it has had one not long ago. */
  forLog(event: Progress): string | undefined {
    const key = JSON.stringify([event.play, event.host, event.role, event.task]);
    const last = this.#said.get(key);
    // Times of an earlier attempt at the same task are no measure.
    const due = last === undefined || event.seconds < last ? first : last + between;
    if (event.seconds < due) return undefined;
    this.#said.set(key, event.seconds);
    return lineOf(event, longest);
  }

  /** A line that is not to be missed. */
  whole(event: Progress): string {
    return lineOf(event);
  }

  /** The line for a terminal, which is rewritten each time. */
  forTerminal(event: Progress, width: number): string {
    return lineOf(event, width);
  }
}
