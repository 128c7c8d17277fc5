import { byManager, packageManager, type PackageManager } from "../shell/package-managers/index.ts";
import { defineQuery } from "./define.ts";
import { linesOf, unreadable, words } from "./keys.ts";

/** A package, as dpkg or the host's own package manager knows it. */
export interface PackageState {
  /** Unpacked but not configured counts as not installed. */
  readonly installed: boolean;
  /** Undefined in a forecast of the newest. */
  readonly version?: string;
  /** Its package manager changes it only if it is told to. */
  readonly held?: true;
  /** "dnf", "zypper", "apk" or "pacman"; undefined is apt. */
  readonly manager?: string;
}

interface Row {
  readonly status: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly held: boolean;
}

const format = "${db:Status-Status}\t${Version}\t${Package}\t${Architecture}\t${db:Status-Want}\n";

/** The rows of another package manager, after its name; packages on hold have rows of their own. */
const rowsOf = (
  manager: PackageManager,
  names: string,
): string => String.raw`printf 'manager\t-\t${manager.name}\t-\t-\n'
${manager.installed(names)}${manager.held === undefined ? "" : `\n{ ${manager.held}\n} | sed 's/.*/held\\t-\\t&\\t-\\thold/'`}`;

/** A package of the host's distribution, by name or, as for apt, name:architecture. */
export const packageNamed = defineQuery<PackageState>({
  kind: "package",
  // dpkg's own row tells the host's architecture.
  ask: (names) => {
    const plain = new Set(["dpkg", ...names.map((name) => splitName(name).name)]);
    return byManager(
      `LC_ALL=C dpkg-query --show --showformat '${format}' -- ${words([...plain])} 2>/dev/null`,
      (manager) => rowsOf(manager, words([...plain].filter((name) => name !== "dpkg" || names.includes(name)))),
    );
  },
  parse: (stdout, names) => {
    const all = linesOf(stdout).map(readRow);
    const rows = all.filter(({ status }) => status === "installed");
    const held = new Set(all.flatMap(({ status, name }) => (status === "held" ? [name] : [])));
    const manager = all.find(({ status }) => status === "manager")?.name;
    if (manager !== undefined && !packageManager(manager)) throw unreadable(manager);
    const by = manager === undefined ? {} : { manager };
    const own = rows.find(({ name }) => name === "dpkg")?.architecture;
    return new Map(
      names.map((key): [string, PackageState] => {
        const { name, architecture } = splitName(key);
        const found = rows.find((row) => row.name === name && isFor(row, architecture, own));
        if (!found) return [key, { installed: false, ...by }];
        const isHeld = found.held || held.has(name);
        return [key, { installed: true, version: found.version, ...(isHeld && { held: true }), ...by }];
      }),
    );
  },
});

function splitName(key: string): { readonly name: string; readonly architecture?: string } {
  const [name = "", architecture] = key.split(":");
  return architecture === undefined ? { name } : { name, architecture };
}

function readRow(line: string): Row {
  const [status = "", version, name, architecture, want] = line.split("\t");
  if (version === undefined || name === undefined || architecture === undefined || want === undefined)
    throw unreadable(line);
  return { status, name, version, architecture, held: want === "hold" };
}

/** A package for all architectures counts as one of the host's own. */
function isFor(row: Row, wanted: string | undefined, own: string | undefined): boolean {
  if (wanted === "any") return true;
  const isOwn = own === undefined || [own, "all"].includes(row.architecture);
  return wanted === undefined || ["native", "all", own].includes(wanted) ? isOwn : row.architecture === wanted;
}
