import { TaskError } from "../../errors.ts";
import { found as foundQuery, type FoundEntry, type Search } from "../../queries/found.ts";
import { absolutePath } from "../../queries/keys.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { pattern } from "./edited-file.ts";

/** The properties of `find`. */
export interface FindProps {
  /** Absolute path of a folder on the host. If it does not exist, nothing is found. */
  readonly path: string;
  /** A regular expression for the names, without their folders. */
  readonly match?: string;
  /** "file" by default. */
  readonly type?: "file" | "directory" | "link" | "any";
  /** How deep below the folder: 1, the default, finds its own entries only. */
  readonly depth?: number;
  /** Written at least this many seconds ago. */
  readonly olderThan?: number;
  /** Of at least this many bytes. */
  readonly largerThan?: number;
}

interface FindNow {
  readonly found: readonly FoundEntry[];
}

/**
 * What is in a folder on the host; never a change, and also in check mode. Its output is a list, sorted by path: each
 * entry with `path`, `type`, `size`, `mode`, `owner`, `group` and `modified`, in seconds since 1970. Links are not
 * followed. Fails with TaskError if a part of the folder cannot be seen.
 *
 * @example
 * const old = find("Find old dumps", { path: "/srv/dumps", match: "\\.sql$", olderThan: 7 * 24 * 3600 });
 * debug("Show them", { message: old.output.map((dumps) => dumps.map(({ path }) => path).join("\n")) });
 */
export const find = defineResource({
  kind: "find",
  props: {
    path: prop.text,
    match: prop.optional(prop.text),
    type: prop.optional(prop.oneOf("file", "directory", "link", "any")),
    depth: prop.optional(prop.number),
    olderThan: prop.optional(prop.number),
    largerThan: prop.optional(prop.number),
  },
  label: (p: FindProps) => p.path,
  locate: (p) => {
    for (const [name, least, of] of numbers)
      if (p[name] !== undefined && !(Number.isInteger(p[name]) && p[name] >= least))
        throw new TaskError(`${p.path}: ${name} is ${String(p[name])}, expected a whole number of ${of}`);
    pattern(p.path, "match", p.match ?? "");
    return { ...p, path: absolutePath(p.path) };
  },
  needs: (p) => ({ found: foundQuery(searchFor(p)) }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: ({ found }: FindNow, p): readonly FoundEntry[] => {
    const matching = pattern(p.path, "match", p.match ?? "");
    return found.filter(({ path }) => matching.test(path.slice(path.lastIndexOf("/") + 1)));
  },
  reads: true,
});

const numbers = [
  ["depth", 1, "levels, at least 1"],
  ["olderThan", 0, "seconds"],
  ["largerThan", 0, "bytes"],
] as const;

const searchFor = ({ path, type = "file", depth = 1, olderThan, largerThan }: FindProps): Search => ({
  ...{ path, type, depth },
  ...(olderThan !== undefined && { olderThan }),
  ...(largerThan !== undefined && { largerThan }),
});
