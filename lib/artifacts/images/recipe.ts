import type { ImageSet } from "../catalogue/sets.ts";
import type { Capability } from "./capabilities.ts";

/** One file of an image: from the artifact cache, from the controller, or given here. `member` is a path in a tree. */
export type Origin =
  { readonly artifact: string; readonly member?: string } | { readonly file: string } | { readonly content: string };

/** Everything that an image is made of. The same recipe and the same inputs give the same bytes. */
export interface Recipe {
  /** The registry of the official image; the lab's mirrors have it under the same path. */
  readonly host: string;
  readonly repository: string;
  /** All tags name this same image. */
  readonly tags: readonly string[];
  /** The image is made if one of these sets is wanted. */
  readonly for: readonly ImageSet[];
  readonly architecture: string;
  /** The artifact of the root file system below the image's own files; omit for an image of its own files only. */
  readonly base?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** uid:gid; root if omitted. */
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  /** Absolute path → origin of the file. */
  readonly files: Readonly<Record<string, Origin>>;
  /** Modes other than 0755 for programs and 0644 for all else. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Capabilities that programs get although they do not run as root. */
  readonly capabilities?: Readonly<Record<string, readonly Capability[]>>;
  /** Absolute path → target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Absolute paths of empty folders that everybody may write to. */
  readonly scratch?: readonly string[];
  /** Why the image only stands in for the official one; each run reports it. */
  readonly standIn?: string;
  /** How the image differs from the official one, though it does the same. */
  readonly note?: string;
}

/** "registry.k8s.io/pause:3.10.2" */
export const imageName = ({ host, repository, tags }: Recipe): string => `${host}/${repository}:${tags.join(",")}`;

/** Names of the artifacts that the image is made of, including its base. */
export const artifactsOf = ({ base, files }: Recipe): string[] => [
  ...(base === undefined ? [] : [base]),
  ...new Set(Object.values(files).flatMap((origin) => ("artifact" in origin ? [origin.artifact] : []))),
];
