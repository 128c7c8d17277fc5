import { createHash } from "node:crypto";
import type { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable, words } from "./keys.ts";
import { readDigest } from "./path.ts";
import { unseen, withErrors } from "./unseen.ts";

/** The sha256 of a file of any size, in lower-case hex; undefined if there is no regular file. */
export type DigestState = string | undefined;

const folder = "/var/lib/kubeplay/digests";

/** The path of a file's stamp: its digest and what identified the file then, "sha256 inode size mtime ctime". */
export const stampOf = (path: string): string =>
  `${folder}/${createHash("sha256").update(absolutePath(path)).digest("hex")}`;

/** Times to the nanosecond. No one can set ctime back, so every write to a file is noticed. */
const identity = "%i %s %T@ %C@";

const of = defineQuery<DigestState>({
  kind: "digest",
  ofPath: { gone: undefined },
  // One sha256sum for all files without a stamp. The slash at the end keeps `read` from stripping spaces of the name.
  ask: (paths) =>
    withErrors(`LC_ALL=C; export LC_ALL
{
find ${words(paths)} -maxdepth 0 -type f -printf '${identity} %p/\\n' |
while read -r inode size mtime ctime file; do
  file=\${file%/}
  case $file in
${paths.map((path) => `  ${quote(path)}) stamp=${quote(stampOf(path))} ;;`).join("\n")}
  esac
  sha256= then=
  { read -r sha256 then < "$stamp"; } 2>/dev/null
  if [ -n "$sha256" ] && [ "$then" = "$inode $size $mtime $ctime" ]; then
    printf '%s  %s\\0' "$sha256" "$file" >&4
  else
    printf '%s\\0' "$file"
  fi
done | xargs -0 -r sha256sum -z --
} 4>&1`),
  parse: (stdout, paths) => {
    const states = new Map<string, DigestState | TaskError>(paths.map((path) => [path, undefined]));
    const records = stdout.split("\0");
    const errors = records.pop() ?? "";
    for (const record of records) {
      const read = readDigest(record);
      if (!read) throw unreadable(record);
      states.set(read.path, read.sha256);
    }
    const missing = paths.filter((path) => states.get(path) === undefined);
    for (const [path, error] of unseen(errors, missing, missing)) states.set(path, error);
    return states;
  },
});

/** The digest of the file at an absolute path on the host. Does not follow links. Throws TaskError for another path. */
export const digest = (name: string): Query<DigestState> => of(absolutePath(name));

/**
 * The command that stamps a file just put in place. It never fails: without a stamp, the next query hashes the file.
 */
export const writeStamp = (path: string, sha256: string): string => {
  const stamp = quote(stampOf(path));
  return `{ mkdir -p ${folder} && now=$(find ${quote(absolutePath(path))} -maxdepth 0 -type f -printf '${identity}') &&
printf '%s %s\\n' ${quote(sha256)} "$now" > ${stamp}.new && mv -f ${stamp}.new ${stamp}; } || :`;
};
