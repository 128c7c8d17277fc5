import type { Source } from "#engine/cache/cache.ts";
import type { Digests } from "./lock-file.ts";
import type { Origin, Pins } from "./pins.ts";
import type { Patience } from "./download.ts";
import type { WantedComponent } from "../catalogue/wanted.ts";

/** Files that a source put into the work folder: checked as far as the source can, but not yet in the cache. */
export interface FetchedFiles {
  readonly source: Source;
  /** Omit to leave the files unpinned, because a distribution updates them every other day. */
  readonly origin?: Origin;
  readonly builtWith?: string;
  /** Binary → file in the work folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The digests of what was downloaded, by official addresses. */
  readonly downloads?: Digests;
}

/** Reports the current step, in a few words. */
export type At = (line: string) => void;

export type SourceChoice = Source | "auto";

export interface SourceOptions {
  readonly source: SourceChoice;
  /** The folder that artifact_source=directory reads. */
  readonly directory?: string;
  /** One mirror of all releases: <url>/github.com/…, <url>/dl.k8s.io/… */
  readonly upstreamUrl?: string;
  /** Component → the URL that replaces its official scheme and host. */
  readonly upstreamUrls?: Readonly<Record<string, string | undefined>>;
  /** The mirror of Debian's packages; that of this machine's apt if empty. */
  readonly debianMirror?: string;
  /** Refuse downloads that no lock file pins. */
  readonly requirePins?: boolean;
  /** Verify the signatures of downloads, where the catalogue has some. */
  readonly verifySignatures?: boolean;
  /** Sigstore's trusted_root.json: the authorities and logs that signatures must have; Sigstore's own if empty. */
  readonly trustedRoot?: string;
  /** Milliseconds that artifact_source=auto waits for upstream to answer. */
  readonly answerWithin?: number;
  readonly patience?: Patience;
  /** Bytes per second: a slower download is interrupted, and continues with a new connection. */
  readonly leastSpeed?: number;
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
  /** How soon it is needed, counted from 0: of the requests that wait, the smallest goes first. */
  readonly order: number;
  /** Aborted when the run has ended, because the files are no longer needed. */
  readonly signal?: AbortSignal;
}
