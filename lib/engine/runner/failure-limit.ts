import { counted } from "../counted.ts";
import type { Play } from "../dsl/play.ts";

/** Counts the hosts of a batch that failed, and says when the play's limits end the run. */
export class FailureLimit {
  readonly #play: Pick<Play, "anyErrorsFatal" | "maxFailPercentage">;
  readonly #hosts: number;
  #failed = 0;

  constructor(play: Pick<Play, "anyErrorsFatal" | "maxFailPercentage">, hosts: number) {
    this.#play = play;
    this.#hosts = hosts;
  }

  count(): void {
    this.#failed += 1;
  }

  isExceeded(): boolean {
    return this.reason() !== undefined;
  }

  /** Why the run must not go on; undefined if it may. A percentage must be exceeded, as in Ansible. */
  reason(): string | undefined {
    const { anyErrorsFatal, maxFailPercentage } = this.#play;
    const percent = (this.#failed / this.#hosts) * 100;
    const failed = `${String(this.#failed)} of ${counted(this.#hosts, "host")}`;
    if (maxFailPercentage !== undefined && percent > maxFailPercentage)
      return `${failed} failed (${percent.toFixed(0)} %), more than maxFailPercentage allows (${String(maxFailPercentage)} %)`;
    return anyErrorsFatal && this.#failed > 0 ? `${failed} failed, and the play has anyErrorsFatal` : undefined;
  }
}
