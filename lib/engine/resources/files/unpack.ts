import { readFileSync } from "node:fs";
import path from "node:path/posix";
import { listing, listOf } from "../../queries/unpacked.ts";
import { pathFunctions } from "../../shell/paths.ts";
import { quote } from "../../shell/quote.ts";
import { enter } from "./path-commands.ts";

/**
 * A program for xargs, with the functions of paths. Descriptor 7 is the folder of the unpacked files, which only this
 * user can enter; $0 is the archive's folder.
 */
const program = (file: string): string =>
  `${pathFunctions}\n${readFileSync(path.join(import.meta.dirname, file), "utf8").trimEnd()}`;

/**
 * For "MODE FOLDER", outermost first: makes the folder in $0, and moves its files there one by one. A folder that is
 * there stays as it is. Descriptor 6 gets the modes to set at the end: until then this user must write to the folders.
 */
const merge = program("unpack-merge.sh");

/** For "MODE FOLDER", innermost first. */
const permit = `${pathFunctions}
for each do
  folder=\${each#* }
  kubeplay_enter "$0\${folder#.}" && [ -O . ] && chmod -- "\${each%% *}" .
done`;

/** Removes names below $0 that are not here, or that no file could take the place of. Each may be gone, or not empty. */
const forget = program("unpack-forget.sh");

/** Gives the folders their modes, and leaves nothing beside them. */
const leave = (dest: string): string => `cd /proc/self/fd/6
[ ! -s modes ] || sort -rz -t ' ' -k 2 modes | xargs -0 -r sh -c ${quote(permit)} ${quote(dest)}
rm -rf ./* && kubeplay_leave`;

export interface Unpacking {
  /** The tar file on the host, beside the files. It is removed. */
  readonly copy: string;
  readonly sha256: string;
  readonly marker: string;
  readonly strip: number;
  /** Whether the files are listed, so that changes are seen and a later archive removes them. */
  readonly listed: boolean;
}

/**
 * Unpacks an archive apart, removes the files of the archive before it that it does not have, moves its own to their
 * places one by one, and writes the marker last.
 */
export function unpack({ copy, sha256, marker, strip, listed }: Unpacking): string {
  const dest = path.dirname(marker);
  const name = quote(path.basename(marker));
  const list = quote(path.basename(listOf(marker)));
  return `set -e; umask 022
${enter(dest)}
kubeplay_copy=${quote(path.basename(copy))}
kubeplay_apart
exec 6< .
trap ${quote(leave(dest))} EXIT
# From here nobody can swap it.
mv -T -- "../$kubeplay_copy" copy
[ -f copy ] && [ ! -L copy ] && [ -O copy ] && printf '%s  copy\\n' ${sha256} | sha256sum --check --status - || { echo "the archive was replaced by somebody else" >&2; exit 1; }
mkdir in
tar --extract --no-same-owner --strip-components=${quote(String(strip))} --file copy --directory in
rm -f copy
exec 7< in
[ -L ../${name} ] || [ ! -e ../${name} ] || rm -f -- ../${name}
(cd in && find . -mindepth 1 -print0 | sort -z) > names
(cd in && find . -type d -printf '%m %p\\0') > folders
find in -type d ! -perm -700 -exec chmod u+rwx {} ';'
: > old; [ -L ../${list} ] || [ ! -f ../${list} ] || timeout 30 cat ../${list} > old
${listed ? `sort -rz old | xargs -0 -r sh -c ${quote(forget)} ${quote(dest)}` : ""}
xargs -0 -r sh -c ${quote(merge)} ${quote(dest)} < folders
printf '%s\\n' ${sha256} > marker
${
  listed
    ? `exec 5< names
(${enter(dest)} && { ${listing}; } <&5) >> marker
mv -fT names ../${list}
`
    : ""
}mv -fT marker ../${name}`;
}
