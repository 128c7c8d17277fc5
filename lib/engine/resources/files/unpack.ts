import path from "node:path/posix";
import { listing, listOf } from "../../queries/unpacked.ts";
import { pathFunctions } from "../../shell/paths.ts";
import { quote } from "../../shell/quote.ts";
import { enter } from "./places.ts";

/** Descriptor 7 is the folder of the unpacked files, which only this user can enter; $0 is the archive's folder. */
const source = "/proc/self/fd/7";

/** For each folder, outermost first: makes it in $0 as it is here, and moves its files there one by one. */
const merge = `${pathFunctions}
for folder do
  below=\${folder#.} name=\${folder##*/}
  if [ -z "$below" ] || [ -L "$0$below" ]; then kubeplay_enter "$0$below" || exit 1
  else
    kubeplay_enter "$0\${below%/*}" || exit 1
    [ -e "./$name" ] || mkdir -- "./$name" || exit 1
    kubeplay_down "$name" && chown --reference="${source}/$folder" . && chmod --reference="${source}/$folder" . || exit 1
  fi
  find "${source}/$folder/" -mindepth 1 -maxdepth 1 ! -type d -print0 | xargs -0 -r mv -f -t . -- || exit 1
done`;

/** Removes names below $0, each of which may be gone or a folder with other files in it. */
const forget = `${pathFunctions}
for name do
  case $name in ./*) ;; *) continue ;; esac
  case $name/ in */../*) continue ;; esac
  below=\${name#.}
  kubeplay_enter "$0\${below%/*}" 2>/dev/null || continue
  rm -f -- "./\${name##*/}" 2>/dev/null || rmdir -- "./\${name##*/}" 2>/dev/null
done
:`;

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
 * Unpacks an archive apart, moves its files to their places one by one, removes those of the archive before it that it
 * does not have, and writes the marker last.
 */
export function unpack({ copy, sha256, marker, strip, listed }: Unpacking): string {
  const dest = path.dirname(marker);
  const name = quote(path.basename(marker));
  const list = quote(path.basename(listOf(marker)));
  const tar = "/proc/self/fd/8";
  return `set -e; umask 022
${enter(dest)}
copy=./${quote(path.basename(copy))}
trap '' PIPE HUP; trap 'exit 143' TERM; trap 'rm -f -- "$copy"' EXIT
[ -f "$copy" ] && exec 8< "$copy"
# Another user may have put a file of their own in its place.
[ -O ${tar} ] && printf '%s  %s\\n' ${sha256} ${tar} | sha256sum --check --status - || { echo "the archive was replaced by somebody else" >&2; exit 1; }
rm -f -- "$copy"
kubeplay_apart
exec 6< .
trap 'cd /proc/self/fd/6 && rm -rf ./* && kubeplay_leave' EXIT
mkdir in
tar --extract --no-same-owner --strip-components=${String(strip)} --file ${tar} --directory in
exec 8<&- 7< in
[ -L ../${name} ] || [ ! -e ../${name} ] || rm -f -- ../${name}
(cd in && find . -mindepth 1 -print0 | sort -z) > names
[ -L ../${list} ] || [ ! -f ../${list} ] && : > old || cat ../${list} > old
(cd in && find . -type d -exec sh -c ${quote(merge)} ${quote(dest)} {} +)
printf '%s\\n' ${sha256} > marker
${
  listed
    ? `comm -z -23 old names | sort -rz | xargs -0 -r sh -c ${quote(forget)} ${quote(dest)}
exec 5< names
(${enter(dest)} && { ${listing}; } <&5) >> marker
mv -fT names ../${list}
`
    : ""
}mv -fT marker ../${name}`;
}
