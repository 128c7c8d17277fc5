import { inNaturalOrder } from "../inventory/natural-order.ts";
import type { RunEvent, TaskResult } from "../runner/index.ts";
import { pc } from "./colours.ts";
import { inFull } from "./differences.ts";
import { indented, printableEvent } from "./printable.ts";

/** The differences that a check finds to the state that the last run left. */
export class DriftReport {
  readonly #found: TaskResult[] = [];
  readonly #failures: string[] = [];

  take(received: RunEvent): void {
    const event = printableEvent(received);
    if (event.type === "unreachable") this.#failures.push(`${event.host}: unreachable: ${indented(event.message)}`);
    else if (event.type === "task") {
      const { host, task, outcome, message = "" } = event;
      if (outcome === "failed" || outcome === "unreachable")
        this.#failures.push(`${host}: ${task}: ${indented(message)}`);
      else if (outcome === "changed" && isDrift(event)) this.#found.push(event);
    }
  }

  get count(): number {
    return this.#found.length;
  }

  /** In the order of the hosts, and for each host in the order of the play. */
  get lines(): string[] {
    const byHost = [...this.#found].sort((a, b) => inNaturalOrder(a.host, b.host));
    return [...byHost.flatMap(linesOf), ...this.#failures.map((failure) => pc.red(`ERROR! ${failure}`))];
  }
}

/** A handler only follows from other changes, and a step that runs each time is no drift. */
const isDrift = ({ handler, differences }: TaskResult): boolean =>
  !handler && differences.some(({ always }) => !always);

function linesOf({ host, role, task, kind, label, differences }: TaskResult): string[] {
  const about = label === "" ? "" : pc.dim(` (${kind} ${label})`);
  const lines = differences.flatMap((difference) => inFull(difference, label)).map((line) => `    ${line}`);
  return [`${pc.yellow(host)}: ${role} : ${task}${about}`, ...lines];
}
