import { quote } from "../shell/quote.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable } from "./keys.ts";

/** What an archive's marker says; undefined if there is none. */
export type UnpackedState =
  | {
      /** Of the archive, in lower-case hex. */
      readonly sha256: string;
      /** Its files are as they were unpacked: their types, sizes, times of change and targets. True if they are not listed. */
      readonly intact: boolean;
    }
  | undefined;

/** The list of an archive's files, beside its marker: names that end with NUL. */
export const listOf = (marker: string): string => `${marker}.files`;

/** Reads names that end with NUL, in the folder that they are in, and prints a digest of what they are. */
export const listing = `xargs -0 -r sh -c ${quote(
  String.raw`find "$@" -maxdepth 0 \( -type d -printf '%p d\0' -o -printf '%p %y %s %T@ %l\0' \) 2>/dev/null`,
)} sh | sha256sum | cut -c -64`;

const of = defineQuery<UnpackedState>({
  kind: "unpacked archive",
  ofPath: { gone: undefined },
  // Another user may put a pipe in the place of a file, which would be read for ever.
  ask: (markers) => `
kubeplay_unpacked() {
  sha256= listed= intact=yes
  { read -r sha256; read -r listed; } << said
$([ ! -f "$1" ] || timeout 30 head -c 200 -- "$1" 2>/dev/null)
said
  [ -z "$listed" ] || [ "$([ -f "$2" ] && cd "\${1%/*}" && timeout 30 cat -- "$2" 2>/dev/null | ${listing})" = "$listed" ] || intact=no
  printf '%s %s\\0' "$sha256" "$intact"
}
${markers.map((marker) => `kubeplay_unpacked ${quote(marker)} ${quote(listOf(marker))}`).join("\n")}`,
  parse: (stdout, markers) => {
    const records = stdout.split("\0").slice(0, -1);
    if (records.length !== markers.length) throw unreadable(stdout);
    return new Map(markers.map((marker, index) => [marker, read(records[index] ?? "")]));
  },
});

function read(record: string): UnpackedState {
  const [, sha256 = "", intact] = /^(.*) (yes|no)$/s.exec(record) ?? [];
  if (intact === undefined) throw unreadable(record);
  return sha256 === "" ? undefined : { sha256, intact: intact === "yes" };
}

/** The archive whose marker is at an absolute path on the host. */
export const unpacked = (marker: string): Query<UnpackedState> => of(absolutePath(marker));
