import { ProgressLine } from "./progress-line.ts";
import type { At } from "../sources/fetch-request.ts";
import { refName, type WantedComponent } from "../catalogue/wanted.ts";

/** `order` counts from 0: a smaller one is needed sooner. */
export type Work = (at: At, order: number) => Promise<void>;

const keyOf = ({ component, version, architecture }: WantedComponent): string =>
  `${component.name}@${version}/${architecture}`;

/** Components on their way into the cache, in the order of the requests: each once, however many tasks wait for it. */
export class ArtifactQueue {
  readonly progressLine = new ProgressLine();
  readonly #jobs = new Map<string, { readonly wanted: WantedComponent; readonly done: Promise<void> }>();
  #order = 0;

  has(wanted: WantedComponent): boolean {
    return this.#jobs.has(keyOf(wanted));
  }

  /** Starts a component that is not on its way yet. Calls `failed` at once: tasks may wait for it much later. */
  begin(wanted: WantedComponent, effort: number, work: Work, failed: (error: unknown) => void): void {
    const order = this.#order++;
    const done = this.progressLine.row((at) => work(at, order), effort);
    done.catch(failed);
    this.#jobs.set(keyOf(wanted), { wanted, done });
  }

  /** Settles when the component does; resolves at once if it is not on its way. */
  async doneOf(wanted: WantedComponent): Promise<void> {
    await this.#jobs.get(keyOf(wanted))?.done;
  }

  /** Waits for all of these even if one fails, so that the work of the others is not lost. Returns the failures. */
  async wait(wanted: readonly WantedComponent[]): Promise<unknown[]> {
    const results = await Promise.allSettled(wanted.map(async (one) => this.#jobs.get(keyOf(one))?.done));
    // They are in the cache, or may be tried again.
    for (const one of wanted) this.#jobs.delete(keyOf(one));
    return results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  }

  /** The refs of components that no task has waited for yet; they may already be in the cache. */
  refs(): string[] {
    return [...this.#jobs.values()].flatMap(({ wanted }) =>
      wanted.component.binaries.map((binary) => refName(wanted, binary)),
    );
  }
}

/** By the cache and the options of the source. */
const queues = new Map<string, ArtifactQueue>();

/** The queue of this process for one cache and one way to fill it. */
export function queueFor(key: string): ArtifactQueue {
  const found = queues.get(key) ?? new ArtifactQueue();
  queues.set(key, found);
  return found;
}

/**
 * Refs that are on their way, or arrived in the background and were not requested by a task yet. They count as absent
 * for the task that requests them, so that it reports what this run fetched.
 */
export const onTheirWay = (): ReadonlySet<string> => new Set([...queues.values()].flatMap((queue) => queue.refs()));
