import { quote } from "kubeplay";

/** A shell condition: the unit has started after these files changed. One that is not active has nothing to start with. */
export const startedSince = (unit: string, files: readonly string[]): string =>
  `! systemctl is-active --quiet ${quote(unit)} || { ` +
  `started=$(date -d "$(LC_ALL=C systemctl show --property=ActiveEnterTimestamp --value ${quote(unit)})" +%s) && ` +
  `for file in ${files.map(quote).join(" ")}; do [ "$(stat -c %Y -- "$file")" -le "$started" ] || exit 1; done; }`;
