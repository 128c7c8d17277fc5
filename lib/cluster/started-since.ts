import { quote } from "kubeplay";

/**
 * A shell condition: the unit's process has started after these files changed. One that is not active has nothing to start
 * with. A unit of Type=notify may get active long after its process has read them: that time would tell nothing.
 */
export const startedSince = (unit: string, files: readonly string[]): string =>
  `! systemctl is-active --quiet ${quote(unit)} || { ` +
  `started=$(date -d "$(LC_ALL=C systemctl show --property=ExecMainStartTimestamp --value ${quote(unit)})" +%s) && ` +
  `for file in ${files.map(quote).join(" ")}; do [ "$(stat -c %Y -- "$file")" -le "$started" ] || exit 1; done; }`;
