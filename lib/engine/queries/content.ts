import { isUtf8 } from "node:buffer";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, linesOf, unreadable, words } from "./keys.ts";

/** The text of a file; undefined if there is none; only its size in bytes if it is not UTF-8 or larger than 1 MiB. */
export type ContentState = string | undefined | { readonly binary: number };

/** Bytes. */
export const contentLimit = 1024 * 1024;

const of = defineQuery<ContentState>({
  kind: "content",
  ofPath: { gone: undefined },
  // Four processes, however many files: their sizes, then all bytes as one stream. Not for /proc, where sizes are 0.
  ask: (paths) => `
LC_ALL=C; export LC_ALL
find -L ${words(paths)} -maxdepth 0 -type f -printf '%s\\t%p\\n' 2>/dev/null
find -L ${words(paths)} -maxdepth 0 -type f -size -${String(contentLimit + 1)}c -exec cat -- {} + | base64 -w 0`,
  parse: (stdout, paths) => {
    const states = new Map<string, ContentState>(paths.map((path) => [path, undefined]));
    const lines = linesOf(stdout);
    const listed = lines.filter((line) => line.includes("\t"));
    const bytes = Buffer.from(lines.slice(listed.length).join(""), "base64");
    let start = 0;
    for (const line of listed) {
      const [, digits, path] = /^(\d+)\t(.*)$/.exec(line) ?? [];
      if (path === undefined) throw unreadable(line);
      const size = Number(digits);
      const part = size > contentLimit ? undefined : bytes.subarray(start, (start += size));
      states.set(path, part && isUtf8(part) ? part.toString("utf8") : { binary: size });
    }
    if (start !== bytes.length) throw new Error(`a file among ${paths.join(", ")} was changed while it was read`);
    return states;
  },
});

/** The text of the file at an absolute path on the host. Follows links. Throws TaskError for another path. */
export const content = (name: string): Query<ContentState> => of(absolutePath(name));
