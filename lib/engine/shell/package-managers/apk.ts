import { TaskError } from "../../errors.ts";
import type { PackageManager } from "./types.ts";

/** Of a line such as "busybox-1.36.1-r29 x86_64 {busybox} (GPL-2.0-only) [installed]". */
const row = String.raw`^\([^ ]*\)-\([^- ]*-r[0-9]*\) \([^ ]*\) .*`;

/** Not tried: written by the source of apk-tools. The long names of its options changed, so that these are short. */
export const apk: PackageManager = {
  name: "apk",
  distributions: "alpine",
  sources: "/etc/apk/repositories",
  installed: (names) =>
    String.raw`apk list -I ${names} 2>/dev/null | sed -n 's/${row}\[installed.*/installed\t\2\t\1\t\3\tinstall/p'`,
  newer: (names) => `apk list -u --no-network ${names}`,
  newerRow: String.raw`s/${row}\[upgradable.*/\1 \2/p`,
  functions: String.raw`apk() { command apk --quiet --no-progress --wait "$lock_patience" "$@"; }
update() { apk update; }
install() { apk add "$@"; }
latest() { apk add --upgrade "$@"; }
remove() { apk del "$@"; }
`,
  argument: ({ name, version, architecture }) => {
    if (architecture !== undefined)
      throw new TaskError(`${name}:${architecture}: apk installs packages of the host's own architecture only`);
    if (version?.includes("*"))
      throw new TaskError(`${name}=${version}: apk knows no asterisk in versions, expected a whole one such as 1.2-r3`);
    return version === undefined ? name : `${name}=${version}`;
  },
};
