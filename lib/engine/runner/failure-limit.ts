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

  /** The limit is exceeded by more than the percentage, as in Ansible. */
  isExceeded(): boolean {
    const { anyErrorsFatal, maxFailPercentage } = this.#play;
    if (anyErrorsFatal && this.#failed > 0) return true;
    return maxFailPercentage !== undefined && (this.#failed / this.#hosts) * 100 > maxFailPercentage;
  }
}
