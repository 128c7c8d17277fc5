import type { Source } from "#engine/cache/cache.ts";
import type { Origin, Pins } from "./lock-file.ts";
import type { Patience } from "./download.ts";
import type { WantedComponent } from "../catalogue/wanted.ts";

/** Files that a source brought into the work folder: checked as far as the source can, not yet in the cache. */
export interface FetchedFiles {
  readonly source: Source;
  /** Not pinned where absent: what a distribution renews every other day is no longer the same. */
  readonly origin?: Origin;
  readonly builtWith?: string;
  /** Binary → file in the work folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** Says what is being done now, in a few words. */
export type At = (line: string) => void;

export type SourceChoice = Source | "auto";

export interface SourceOptions {
  readonly source: SourceChoice;
  /** Where artifact_source=directory finds its files. */
  readonly directory?: string;
  /** One mirror for all: <url>/github.com/…, <url>/dl.k8s.io/… */
  readonly upstreamUrl?: string;
  /** Component → what stands in the place of its official scheme and host. */
  readonly upstreamUrls?: Readonly<Record<string, string>>;
  /** Milliseconds that artifact_source=auto gives upstream to answer. */
  readonly answerWithin?: number;
  readonly patience?: Patience;
  /** Programs by name or path. */
  readonly go?: string;
  readonly cc?: string;
  readonly crane?: string;
}

export interface FetchRequest extends SourceOptions {
  readonly wanted: WantedComponent;
  /** An empty folder on the cache's own file system. */
  readonly folder: string;
  readonly pins: Pins;
  readonly at: At;
  /** How soon it is needed, counted from 0: of what waits for its turn the smallest goes first. */
  readonly order: number;
  /** Aborted where nobody needs it any more: the run has ended. */
  readonly signal?: AbortSignal;
}
