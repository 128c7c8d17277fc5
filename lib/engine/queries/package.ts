import { defineQuery } from "./define.ts";
import { linesOf, unreadable, words } from "./keys.ts";

/** A package, as dpkg knows it. */
export interface PackageState {
  /** Unpacked but not configured counts as not installed. */
  readonly installed: boolean;
  /** Undefined in a forecast of the newest. */
  readonly version?: string;
  /** apt-mark hold: apt changes it only if it is told to. */
  readonly held?: true;
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly held: boolean;
}

const format = "${db:Status-Status}\t${Version}\t${Package}\t${Architecture}\t${db:Status-Want}\n";

/** A Debian package, by name or, as for apt, name:architecture. */
export const packageNamed = defineQuery<PackageState>({
  kind: "package",
  // dpkg's own row tells the host's architecture.
  ask: (names) => {
    const plain = new Set(["dpkg", ...names.map((name) => splitName(name).name)]);
    return `LC_ALL=C dpkg-query --show --showformat '${format}' -- ${words([...plain])} 2>/dev/null`;
  },
  parse: (stdout, names) => {
    const rows = linesOf(stdout).flatMap(installedRow);
    const own = rows.find(({ name }) => name === "dpkg")?.architecture;
    return new Map(
      names.map((key): [string, PackageState] => {
        const { name, architecture } = splitName(key);
        const found = rows.find((row) => row.name === name && isFor(row, architecture, own));
        if (!found) return [key, { installed: false }];
        return [key, { installed: true, version: found.version, ...(found.held && { held: true }) }];
      }),
    );
  },
});

function splitName(key: string): { readonly name: string; readonly architecture?: string } {
  const [name = "", architecture] = key.split(":");
  return architecture === undefined ? { name } : { name, architecture };
}

function installedRow(line: string): Row[] {
  const [status, version, name, architecture, want] = line.split("\t");
  if (version === undefined || name === undefined || architecture === undefined || want === undefined)
    throw unreadable(line);
  return status === "installed" ? [{ name, version, architecture, held: want === "hold" }] : [];
}

/** A package for all architectures counts as one of the host's own. */
function isFor(row: Row, wanted: string | undefined, own: string | undefined): boolean {
  if (wanted === "any") return true;
  const isOwn = own === undefined || [own, "all"].includes(row.architecture);
  return wanted === undefined || ["native", "all", own].includes(wanted) ? isOwn : row.architecture === wanted;
}
