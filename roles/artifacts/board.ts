import type { Progress } from "#lib/resources/define.ts";
import type { At } from "./delivery.ts";

/** "8 s", "2 min 05 s". */
export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

interface Row {
  readonly name: string;
  line: string;
  since: number;
}

const verb = (line: string): string => line.split(" ", 1)[0] ?? "";
const isWaiting = ({ line }: Row): boolean => verb(line) === "waiting";

/** What several works are at, each with its time, in one line that is told once a second. */
export class Board {
  readonly #rows = new Set<Row>();
  readonly #all: number;
  readonly #now: () => number;
  #done = 0;

  constructor(all: number, now: () => number = () => performance.now()) {
    this.#all = all;
    this.#now = now;
  }

  /** Tells while `work` runs. */
  async telling<T>(progress: Progress, work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => progress(this.line()), 1000);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** One of the works; it says what it is at. A new verb is a new piece of work, whose time begins anew. */
  async row<T>(name: string, work: (at: At) => Promise<T>): Promise<T> {
    const row: Row = { name, line: "", since: this.#now() };
    this.#rows.add(row);
    const at: At = (line) => {
      if (verb(line) !== verb(row.line)) row.since = this.#now();
      row.line = line;
    };
    try {
      return await work(at);
    } finally {
      this.#rows.delete(row);
      this.#done++;
    }
  }

  line(): string {
    const rows = [...this.#rows].filter(({ line }) => line !== "");
    const waiting = rows.filter(isWaiting).map(({ name }) => name);
    const busy = rows
      .filter((row) => !isWaiting(row))
      .map(({ line, since }) => `${line} (${duration((this.#now() - since) / 1000)})`);
    return [
      `${this.#done} of ${this.#all} done`,
      ...busy,
      ...(waiting.length > 0 ? [`waiting: ${waiting.join(", ")}`] : []),
    ].join("; ");
  }
}
