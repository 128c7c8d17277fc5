import { TaskError } from "../../errors.ts";
import { packageNamed, type PackageState } from "../../queries/package.ts";
import { aptInstall, aptRemove } from "./apt.ts";
import { defineResource } from "../../tasks/task.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `packages`. */
export interface PackagesProps {
  /**
   * The real names of Debian packages; names that a package merely provides are not found. As for apt, a name may end
   * with an architecture and a version: "libc6:i386", "nginx=1.26.3-3", "nginx=1.26.*".
   */
  readonly names: readonly string[];
  /** Seconds for which the package lists count as fresh; a day by default. */
  readonly cacheValid?: number;
  /** Seconds to wait for other programs that hold apt's locks, such as unattended-upgrades; 900 by default. */
  readonly lockTimeout?: number;
  readonly state?: "present" | "absent";
}

const day = 24 * 60 * 60;

/**
 * Debian packages, installed or removed by one apt-get. Their services are not started: use `service` once they are
 * configured. Fails with TaskError for an invalid name; the task fails if apt would have to remove another package,
 * downgrade one, or change one that is held.
 *
 * @example
 * packages("Install nginx", { names: ["nginx-light", "libnginx-mod-stream"] });
 */
export const packages = defineResource({
  kind: "packages",
  props: {
    names: prop.listOf(prop.text),
    cacheValid: prop.optional(prop.number),
    lockTimeout: prop.optional(prop.number),
    state: presence,
  },
  label: (p: PackagesProps) => p.names.join(", "),
  locate: (p) => {
    const version = p.names.find((name) => wantedOf(name).version !== undefined);
    if (p.state === "absent" && version !== undefined)
      throw new TaskError(`${version} has a version, expected a name only: no version of a package stays`);
    if (p.lockTimeout !== undefined && !(Number.isInteger(p.lockTimeout) && p.lockTimeout >= 0))
      throw new TaskError(`lockTimeout is ${JSON.stringify(p.lockTimeout)}, expected a whole number of seconds`);
    return p;
  },
  needs: (p) => Object.fromEntries(p.names.map((name) => [name, packageNamed(wantedOf(name).name)])),
  diff: (now: Readonly<Record<string, PackageState>>, p) =>
    p.names.flatMap((name) => {
      const { installed = false, version } = now[name] ?? {};
      if (p.state === "absent") return installed ? [{ what: name, before: "installed", after: "absent" }] : [];
      if (!installed) return [{ what: name, before: "absent", after: "installed" }];
      const wanted = wantedOf(name).version;
      return wanted === undefined || isVersion(version, wanted) ? [] : [{ what: name, before: version, after: wanted }];
    }),
  apply: (found, _now, p) => {
    const names = found.map(({ what }) => what);
    return [
      p.state === "absent" ? aptRemove(names, p.lockTimeout) : aptInstall(names, p.cacheValid ?? day, p.lockTimeout),
    ];
  },
  forecast: (_now, p) =>
    Object.fromEntries(p.names.map((name) => [name, { installed: p.state !== "absent", ...forecastVersion(name) }])),
  effects: () => ["everything"],
});

/** Throws TaskError for an invalid name. For apt, a minus at the end would mean "remove". */
function wantedOf(text: string): { readonly name: string; readonly version?: string } {
  const [, name, version] = /^([a-z0-9][a-z0-9+.-]*(?<!-)(?::[a-z0-9-]+)?)(?:=([\w.+:~*-]+))?$/.exec(text) ?? [];
  if (name === undefined) throw new TaskError(`"${text}" is not the name of a Debian package`);
  return version === undefined ? { name } : { name, version };
}

/** A version may have an asterisk for any characters. */
const isVersion = (found: string | undefined, wanted: string): boolean =>
  found === undefined || new RegExp(`^${wanted.replace(/[.+]/g, String.raw`\$&`).replaceAll("*", ".*")}$`).test(found);

function forecastVersion(name: string): Partial<PackageState> {
  const { version } = wantedOf(name);
  return version === undefined || version.includes("*") ? {} : { version };
}
