import { ProgressLine } from "./progress-line.ts";
import type { At } from "../sources/fetch-request.ts";
import { refName, type WantedComponent } from "../catalogue/wanted.ts";

/** `order` counts from 0: what has a smaller one is needed sooner. */
export type Work = (at: At, order: number) => Promise<void>;

const keyOf = ({ component, version, architecture }: WantedComponent): string =>
  `${component.name}@${version}/${architecture}`;

/** Components on their way into the cache: each once, in the order in which they were asked for, however many wait for it. */
export class ArtifactQueue {
  readonly progressLine = new ProgressLine();
  readonly #jobs = new Map<string, { readonly wanted: WantedComponent; readonly done: Promise<void> }>();
  #order = 0;

  has(wanted: WantedComponent): boolean {
    return this.#jobs.has(keyOf(wanted));
  }

  /** Begins with one that is not on its way yet. `failed` is told at once: whoever waits for it may come much later. */
  begin(wanted: WantedComponent, effort: number, work: Work, failed: (error: unknown) => void): void {
    const order = this.#order++;
    const done = this.progressLine.row((at) => work(at, order), effort);
    done.catch(failed);
    this.#jobs.set(keyOf(wanted), { wanted, done });
  }

  /** Ends when this one does; at once where it is not on its way. */
  async doneOf(wanted: WantedComponent): Promise<void> {
    await this.#jobs.get(keyOf(wanted))?.done;
  }

  /** Waits for all of these, also where one fails: the work of the others is not lost. Gives the failures. */
  async wait(wanted: readonly WantedComponent[]): Promise<unknown[]> {
    const results = await Promise.allSettled(wanted.map(async (one) => this.#jobs.get(keyOf(one))?.done));
    // They are in the cache, or may be tried again.
    for (const one of wanted) this.#jobs.delete(keyOf(one));
    return results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  }

  /** The refs of components that nobody has waited for yet, though they may be there already. */
  refs(): string[] {
    return [...this.#jobs.values()].flatMap(({ wanted }) =>
      wanted.component.binaries.map((binary) => refName(wanted, binary)),
    );
  }
}

/** By what tells one source from another. */
const queues = new Map<string, ArtifactQueue>();

/** The queue of this process for one cache and one way to fill it. */
export function queueFor(key: string): ArtifactQueue {
  const found = queues.get(key) ?? new ArtifactQueue();
  queues.set(key, found);
  return found;
}

/**
 * Refs that are on their way, or came in the background and are still to be asked for. For the task that asks for them
 * they count as absent, so that it reports what this run brought.
 */
export const onTheirWay = (): ReadonlySet<string> => new Set([...queues.values()].flatMap((queue) => queue.refs()));
