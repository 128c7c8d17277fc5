import { TaskError } from "../../errors.ts";
import { packageNamed, type PackageState } from "../../queries/package.ts";
import { aptInstall, aptRemove } from "./apt.ts";
import { defineResource } from "../../tasks/task.ts";

export interface PackagesProps {
  /** Debian packages by their real names; what a package merely provides is not found. */
  readonly names: readonly string[];
  /** Seconds for which the lists of packages count as fresh; a day by default. */
  readonly cacheValid?: number;
  readonly state?: "present" | "absent";
}

const day = 24 * 60 * 60;

/** Debian packages, all in one go. None of them starts its service: the resource `service` does, when it is configured. */
export const packages = defineResource({
  kind: "packages",
  label: (p: PackagesProps) => p.names.join(", "),
  needs: (p) => Object.fromEntries(p.names.map((name) => [name, packageNamed(named(name))])),
  diff: (now: Readonly<Record<string, PackageState>>, p) => {
    const [is, shall] = p.state === "absent" ? ["installed", "absent"] : ["absent", "installed"];
    return p.names
      .filter((name) => now[name]?.installed !== (shall === "installed"))
      .map((name) => ({ what: name, before: is, after: shall }));
  },
  apply: (found, _now, p) => {
    const names = found.map(({ what }) => what);
    return [p.state === "absent" ? aptRemove(names) : aptInstall(names, p.cacheValid ?? day)];
  },
  forecast: (_now, p) => Object.fromEntries(p.names.map((name) => [name, { installed: p.state !== "absent" }])),
  effects: () => ["everything"],
});

/** A minus at the end would be apt's word for "remove". */
function named(name: string): string {
  if (!/^[a-z0-9][a-z0-9+.-]*(?<!-)(:[a-z0-9-]+)?$/.test(name))
    throw new TaskError(`"${name}" is not the name of a Debian package`);
  return name;
}
