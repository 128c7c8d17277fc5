import type { ImageSet } from "../catalogue/sets.ts";

/** One file of an image: of the artifact cache, of the controller, or written here. `member` is a path in a tree. */
export type Origin =
  { readonly artifact: string; readonly member?: string } | { readonly file: string } | { readonly content: string };

/** All that an image is made of. The same recipe and the same inputs give the same bytes. */
export interface Recipe {
  /** The registry that has the official one: the lab's mirrors have it under the same path. */
  readonly host: string;
  readonly repository: string;
  /** All of them are this very image. */
  readonly tags: readonly string[];
  /** It is made where one of these is wanted. */
  readonly for: readonly ImageSet[];
  readonly architecture: string;
  /** The artifact of a root file system that lies below; only its own files where absent. */
  readonly base?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** uid:gid; root where absent. */
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  /** Absolute path → what is there. */
  readonly files: Readonly<Record<string, Origin>>;
  /** Modes other than 0755 for programs and 0644 for all else. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Absolute path → target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Absolute paths of empty folders that everybody may write to. */
  readonly scratch?: readonly string[];
  /** Why it only stands in for the official image: each run says so. */
  readonly standIn?: string;
  /** In what it differs from the official image, though it does the same. */
  readonly note?: string;
}

/** "registry.k8s.io/pause:3.10.2" */
export const imageName = ({ host, repository, tags }: Recipe): string => `${host}/${repository}:${tags.join(",")}`;

/** Names of the artifacts that it is made of, its base too. */
export const artifactsOf = ({ base, files }: Recipe): string[] => [
  ...(base === undefined ? [] : [base]),
  ...new Set(Object.values(files).flatMap((origin) => ("artifact" in origin ? [origin.artifact] : []))),
];
