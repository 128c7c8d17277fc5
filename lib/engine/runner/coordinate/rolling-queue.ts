import type { Serial } from "../../tasks/block.ts";
import { sizeAfter } from "../plan/serial.ts";

interface Line {
  running: number;
  done: number;
  failedOn: string | undefined;
  readonly waiting: (() => void)[];
}

/** Runs work of the same key on a few hosts at a time, one by default; after a failure no further host begins. */
export class RollingQueue {
  readonly #lines = new Map<string, Line>();
  readonly #hosts: number;

  /** The number of hosts, for sizes in per cent. */
  constructor(hosts: number) {
    this.#hosts = hosts;
  }

  /**
   * `work` returns whether it succeeded. If an earlier host failed, its name is returned and the work is not done: three
   * masters that restart one after the other must not all fail by the same mistake.
   */
  async take(
    key: string,
    host: string,
    work: () => Promise<boolean>,
    serial: Serial = 1,
  ): Promise<{ readonly failedOn?: string }> {
    const line = this.#line(key);
    // If this host failed before, a rescue has dealt with it, and the host may try again.
    const isClosed = () => line.failedOn !== undefined && line.failedOn !== host;
    while (!isClosed() && line.running >= sizeAfter(line.done, serial, this.#hosts))
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    if (line.failedOn !== undefined && isClosed()) return { failedOn: line.failedOn };
    line.running += 1;
    let succeeded = false;
    try {
      succeeded = await work();
    } finally {
      line.running -= 1;
      if (succeeded) line.done += 1;
      // A host whose second try succeeded no longer holds up the others; a failure of another one still does.
      if (!succeeded) line.failedOn ??= host;
      else if (line.failedOn === host) line.failedOn = undefined;
      for (const wake of line.waiting.splice(0)) wake();
    }
    return {};
  }

  /** A host has failed at work of this key outside of the line: no further host begins. */
  fail(key: string, host: string): void {
    this.#line(key).failedOn ??= host;
  }

  #line(key: string): Line {
    const known = this.#lines.get(key);
    if (known) return known;
    const line: Line = { running: 0, done: 0, failedOn: undefined, waiting: [] };
    this.#lines.set(key, line);
    return line;
  }
}

/** Why a host did not do what it takes turns for. */
export const notAfter = (host: string): string =>
  `not done here, because it failed on ${host}: hosts take turns, and the next may be the one too many. It is done by the next run`;
