import { createHash } from "node:crypto";
import type { TaskError } from "../errors.ts";
import { notUtf8 } from "../files.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable, words } from "./keys.ts";
import { readDigest } from "./path.ts";
import { unseen, withErrors } from "./unseen.ts";

/**
 * The text of a file; undefined if there is none; only its size in bytes if it is not UTF-8 or larger than 1 MiB. If it
 * is not UTF-8, `wrong` says where: "byte 7 (0xfc) in line 2".
 */
export type ContentState = string | undefined | { readonly binary: number; readonly wrong?: string };

/** Bytes. */
export const contentLimit = 1024 * 1024;

const of = defineQuery<ContentState>({
  kind: "content",
  ofPath: { gone: undefined },
  // As many processes for a hundred files as for one: their sizes and digests, then all bytes as one stream. The digests
  // tell whether each byte is of the file that it is taken for. Not for /proc, where sizes are 0.
  ask: (paths) => {
    const files = `LC_ALL=C find -L ${words(paths)} -maxdepth 0 -type f`;
    const small = `-size -${String(contentLimit + 1)}c`;
    return `${withErrors(`${files} -printf '%s\\0%p\\0' ${small} -exec sha256sum -z -- {} +`)}
printf '\\0'; ${files} ${small} -exec cat -- {} + 2>/dev/null | base64 -w 0`;
  },
  parse: (stdout, paths) => {
    const states = new Map<string, ContentState | TaskError>(paths.map((path) => [path, undefined]));
    const records = stdout.split("\0");
    const [errors = "", base64 = ""] = records.splice(-2);
    const { sizes, digests } = listed(records);
    const bytes = Buffer.from(base64, "base64");
    let start = 0;
    for (const [path, size] of sizes) {
      const sha256 = digests.get(path);
      const part = sha256 === undefined ? undefined : bytes.subarray(start, (start += size));
      if (part && createHash("sha256").update(part).digest("hex") !== sha256)
        throw new Error(`${path} was changed while it was read`);
      states.set(path, part ? stateOf(part) : { binary: size });
    }
    if (start !== bytes.length) throw new Error(`a file among ${paths.join(", ")} was changed while it was read`);
    const missing = paths.filter((path) => states.get(path) === undefined);
    for (const [path, error] of unseen(errors, paths, missing)) states.set(path, error);
    return states;
  },
});

function stateOf(bytes: Buffer): ContentState {
  const wrong = notUtf8(bytes);
  return wrong
    ? { binary: bytes.length, wrong: `${wrong.byte} in line ${String(wrong.line)}` }
    : bytes.toString("utf8");
}

/** In the order in which the files were listed, and read. */
function listed(records: readonly string[]) {
  const sizes = new Map<string, number>();
  const digests = new Map<string, string>();
  const rest = records.values();
  for (const record of rest) {
    const hashed = readDigest(record);
    if (hashed) digests.set(hashed.path, hashed.sha256);
    else {
      const path = rest.next().value;
      if (!/^\d+$/.test(record) || path === undefined) throw unreadable(record);
      sizes.set(path, Number(record));
    }
  }
  return { sizes, digests };
}

/** The text of the file at an absolute path on the host. Follows links. Throws TaskError for another path. */
export const content = (name: string): Query<ContentState> => of(absolutePath(name));
