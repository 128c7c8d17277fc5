import { TaskError } from "../../errors.ts";
import { rpmInstalled } from "./rpm.ts";
import type { PackageManager } from "./types.ts";

export const zypper: PackageManager = {
  name: "zypper",
  distributions: "suse | opensuse*",
  sources: "/etc/zypp/repos.d /etc/zypp/zypp.conf",
  installed: rpmInstalled,
  held: "sed -n 's/^solvable_name: //p' /etc/zypp/locks 2>/dev/null",
  // "v  | repository | name | current | available | architecture"
  newer: () => "zypper --quiet --no-refresh --non-interactive list-updates",
  newerRow: String.raw`s/^v *|[^|]*| *\([^ |]*\) *|[^|]*| *\([^ |]*\) *|.*/\1 \2/p`,
  // Exit codes 100 to 103 and 106 inform of updates, of a restart, and of a source that did not answer. For locks of
  // other programs, zypper waits by itself.
  functions: String.raw`export ZYPP_LOCK_TIMEOUT="$lock_patience"
zypper() {
  command zypper --quiet --non-interactive "$@"
  code=$?
  case $code in 10[0-36]) return 0 ;; esac
  return $code
}
update() { zypper refresh --force; }
install() { zypper --no-refresh install --no-recommends "$@"; }
latest() { install "$@"; }
remove() { zypper --no-refresh remove "$@"; }
hold() { zypper addlock "$@" >/dev/null; }
unhold() { zypper removelock "$@" >/dev/null; }
`,
  argument: ({ name, version, architecture }) => {
    if (version?.includes("*"))
      throw new TaskError(
        `${name}=${version}: zypper knows no asterisk in versions, expected a whole one such as 1.2-3`,
      );
    return `${name}${architecture === undefined ? "" : `.${architecture}`}${version === undefined ? "" : `=${version}`}`;
  },
};
