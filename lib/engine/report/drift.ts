import pc from "picocolors";
import type { RunEvent, TaskResult } from "../runner/index.ts";
import { inFull } from "./differences.ts";

/** What a check finds that differs from what the last run left. */
export class Drift {
  readonly #found: TaskResult[] = [];
  readonly #failures: string[] = [];

  take(event: RunEvent): void {
    if (event.type === "unreachable") this.#failures.push(`${event.host}: unreachable: ${event.message}`);
    else if (event.type === "task") {
      const { host, task, outcome, message = "" } = event;
      if (outcome === "failed" || outcome === "unreachable") this.#failures.push(`${host}: ${task}: ${message}`);
      else if (outcome === "changed" && isDrift(event)) this.#found.push(event);
    }
  }

  get count(): number {
    return this.#found.length;
  }

  /** In the order of hosts, and of the play on each. */
  get lines(): string[] {
    const byHost = [...this.#found].sort((a, b) => a.host.localeCompare(b.host, "en", { numeric: true }));
    return [...byHost.flatMap(told), ...this.#failures.map((failure) => pc.red(`ERROR! ${failure}`))];
  }
}

/** What a handler would do follows from the rest; and what is done each time tells nothing. */
const isDrift = ({ handler, differences }: TaskResult): boolean =>
  !handler && differences.some(({ always }) => !always);

function told({ host, role, task, kind, label, differences }: TaskResult): string[] {
  const about = label === "" ? "" : pc.dim(` (${kind} ${label})`);
  const lines = differences.flatMap(inFull).map((line) => `    ${line}`);
  return [`${pc.yellow(host)}: ${role} : ${task}${about}`, ...lines];
}
