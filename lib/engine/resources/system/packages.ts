import { TaskError } from "../../errors.ts";
import { packageNamed, type PackageState } from "../../queries/package.ts";
import { aptInstall, aptRemove } from "./apt.ts";
import { defineResource } from "../../tasks/task.ts";

export interface PackagesProps {
  /** The real names of Debian packages; names that a package merely provides are not found. */
  readonly names: readonly string[];
  /** Seconds for which the package lists count as fresh; a day by default. */
  readonly cacheValid?: number;
  readonly state?: "present" | "absent";
}

const day = 24 * 60 * 60;

/**
 * Debian packages, installed or removed by one apt-get. Their services are not started: use `service` once they are
 * configured. Fails with TaskError for an invalid name; the task fails if apt would have to remove another package.
 *
 * @example
 * packages("Install nginx", { names: ["nginx-light", "libnginx-mod-stream"] });
 */
export const packages = defineResource({
  kind: "packages",
  label: (p: PackagesProps) => p.names.join(", "),
  needs: (p) => Object.fromEntries(p.names.map((name) => [name, packageNamed(named(name))])),
  diff: (now: Readonly<Record<string, PackageState>>, p) => {
    const [before, after] = p.state === "absent" ? ["installed", "absent"] : ["absent", "installed"];
    return p.names
      .filter((name) => now[name]?.installed !== (after === "installed"))
      .map((name) => ({ what: name, before, after }));
  },
  apply: (found, _now, p) => {
    const names = found.map(({ what }) => what);
    return [p.state === "absent" ? aptRemove(names) : aptInstall(names, p.cacheValid ?? day)];
  },
  forecast: (_now, p) => Object.fromEntries(p.names.map((name) => [name, { installed: p.state !== "absent" }])),
  effects: () => ["everything"],
});

/** Throws TaskError for an invalid name. For apt, a minus at the end would mean "remove". */
function named(name: string): string {
  if (!/^[a-z0-9][a-z0-9+.-]*(?<!-)(:[a-z0-9-]+)?$/.test(name))
    throw new TaskError(`"${name}" is not the name of a Debian package`);
  return name;
}
