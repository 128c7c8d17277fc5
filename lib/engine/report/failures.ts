import type { RunEvent } from "../runner/index.ts";
import { printableEvent } from "./printable.ts";

interface Failure {
  readonly host: string;
  readonly what: string;
  readonly message: string;
  /** Whether the cause may pass by itself. */
  readonly transient: boolean;
}

/** The number of failures that are named at the end of a run; the output above has all of them. */
const shown = 5;
/** The maximum length of a message, in characters; the output above has all of it. */
const longest = 400;

const short = (message: string): string => {
  const line = message.trim().replaceAll(/\s*\n\s*/g, " / ");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};

/** The last lines of a failed run: the causes, whether a second run helps, and the command that continues. */
export class Failures {
  #failures: Failure[] = [];
  #code = 0;

  take(received: RunEvent): void {
    const event = printableEvent(received);
    if (event.type === "task" && (event.outcome === "failed" || event.outcome === "unreachable") && !event.ignored)
      this.#failures.push({
        host: event.host,
        what: [event.role, event.task].filter(Boolean).join(" : "),
        message: event.message ?? "",
        transient: event.transient === true,
      });
    else if (event.type === "unreachable")
      this.#failures.push({ host: event.host, what: "", message: event.message, transient: event.transient === true });
    else if (event.type === "rescued") this.#rescue(event.host, event.failures);
    else if (event.type === "run ended") this.#code = event.code;
  }

  #rescue(host: string, failures: number): void {
    for (let left = failures; left > 0; left--) {
      const last = this.#failures.findLastIndex((failure) => failure.host === host);
      if (last >= 0) this.#failures.splice(last, 1);
    }
  }

  /** Empty if the run succeeded. `command` is the run's command line. */
  lines(command: string): readonly string[] {
    if (this.#code === 0) return [];
    const again = `    ${command}`;
    if (this.#code === 99)
      return ["Interrupted. Nothing is lost: the same command continues where this run ended.", again];
    if (this.#code === 1)
      return [
        "The run ended early, because it could not be recorded (see above). The same command continues where it ended.",
        again,
      ];
    const named = this.#failures.slice(0, shown);
    const more = this.#failures.length - named.length;
    return [
      "Why it failed:",
      ...named.map(({ host, what, message }) => `  ${[host, what].filter(Boolean).join(": ")}: ${short(message)}`),
      ...(more > 0 ? [`  and ${String(more)} more, see above`] : []),
      this.#failures.every(({ transient }) => transient)
        ? "This may pass by itself: a second run continues where this one ended."
        : "Fix the cause first: a second run alone will not help. It then continues where this one ended.",
      again,
    ];
  }
}
