import { inNaturalOrder } from "../../inventory/natural-order.ts";
import type { HostRecap, Outcome, RunEvent } from "./events.ts";

const blank = (): HostRecap => ({ ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 });

/** Counts results as Ansible does: a changed task is also ok. */
export class Recap {
  readonly #hosts = new Map<string, HostRecap>();

  count(event: RunEvent): void {
    if (event.type === "task" && event.ignored) this.#ignore(event.host);
    else if (event.type === "task") this.#add(event.host, event.outcome);
    else if (event.type === "rescued") this.#rescue(event.host, event.failures);
    else if (event.type === "unreachable") this.#add(event.host, "unreachable");
    else if (event.type === "play started") for (const host of event.hosts) this.#of(host);
  }

  #of(host: string): HostRecap {
    const known = this.#hosts.get(host) ?? blank();
    this.#hosts.set(host, known);
    return known;
  }

  #add(host: string, outcome: Outcome): void {
    const recap = this.#of(host);
    recap[outcome] += 1;
    if (outcome === "changed") recap.ok += 1;
  }

  /** As in Ansible, an ignored failure also counts as ok. */
  #ignore(host: string): void {
    const recap = this.#of(host);
    recap.ok += 1;
    recap.ignored += 1;
  }

  #rescue(host: string, failures: number): void {
    const recap = this.#of(host);
    recap.failed -= failures;
    recap.rescued += 1;
  }

  get hosts(): Record<string, HostRecap> {
    return Object.fromEntries([...this.#hosts].sort(([a], [b]) => inNaturalOrder(a, b)));
  }

  /** 4 if a host was unreachable, 2 if one failed, else 0. */
  get code(): number {
    const all = [...this.#hosts.values()];
    if (all.some(({ unreachable }) => unreachable > 0)) return 4;
    return all.some(({ failed }) => failed > 0) ? 2 : 0;
  }
}
