import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** A digest that is not known yet: `npm run upstream:record` replaces it on a machine with internet access. */
export const unknownDigest = "<sha256>";
/** The value of `recorded` if a record was derived from an upstream's release recipe, and nothing was downloaded. */
export const byRecipe = "by recipe";

interface Recorded {
  readonly status: number;
  /** In the order of `tar -t`; a folder ends with a slash. At most the first of them, and those that are used. */
  readonly members?: readonly string[];
}

export interface RecordedFile extends Recorded {
  readonly url: string;
  /** The host that serves the file, if the address itself answers with a redirect. */
  readonly redirect?: string;
  /** Bytes. */
  readonly size?: number;
  readonly sha256?: string;
  /** The first lines of a checksum file. */
  readonly lines?: readonly string[];
  /** The chart whose versions an index.yaml lists. */
  readonly chart?: string;
  /** Dotted path in a chart's values.yaml → its value. */
  readonly values?: Readonly<Record<string, string | boolean>>;
}

export interface RecordedImage extends Recorded {
  readonly image: string;
  readonly platforms: readonly string[];
  /** Of the index. */
  readonly digest?: string;
}

export interface ComponentRecord {
  readonly component: string;
  readonly version: string;
  /** The day of the recording, or `byRecipe`. */
  readonly recorded: string;
  /** For `byRecipe`: repository@version, path and lines of the recipe. */
  readonly source?: readonly string[];
  readonly urls: readonly (RecordedFile | RecordedImage)[];
}

export const recordedFolder = path.join(import.meta.dirname, "recorded");

/** What upstream answers, one file per component of the catalogue. */
export const records = (folder = recordedFolder): ComponentRecord[] =>
  readdirSync(folder)
    .sort()
    .map((name) => parse(readFileSync(path.join(folder, name), "utf8")) as ComponentRecord);

export const filesOf = (all: readonly ComponentRecord[]): RecordedFile[] =>
  all.flatMap(({ urls }) => urls.flatMap((one) => ("url" in one ? [one] : [])));

/** The images of all records; one that several components are taken from has the members of all. */
export function imagesOf(all: readonly ComponentRecord[]): RecordedImage[] {
  const images = new Map<string, RecordedImage>();
  for (const one of all.flatMap(({ urls }) => urls))
    if ("image" in one) {
      const members = [...(images.get(one.image)?.members ?? []), ...(one.members ?? [])];
      images.set(one.image, { ...one, members: [...new Set(members)] });
    }
  return [...images.values()];
}
