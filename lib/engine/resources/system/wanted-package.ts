import { TaskError } from "../../errors.ts";
import { absolutePath } from "../../queries/keys.ts";
import type { PackageState } from "../../queries/package.ts";
import type { DebFileState } from "../../queries/deb-file.ts";
import type { Difference } from "../../tasks/resource.ts";

/** A package as a task names it: by its name, perhaps with a version, or by the .deb file that it is in. */
export type WantedPackage =
  | { readonly text: string; readonly name: string; readonly version?: string; readonly file?: undefined }
  | { readonly text: string; readonly file: string };

/** Throws TaskError for an invalid name. For apt, a minus at the end would mean "remove". */
export function wantedOf(text: string): WantedPackage {
  if (text.startsWith("/")) {
    if (!text.endsWith(".deb")) throw new TaskError(`"${text}" is not a Debian package, expected a file NAME.deb`);
    return { text, file: absolutePath(text) };
  }
  const [, name, version] = /^([A-Za-z0-9][\w+.-]*(?<!-)(?::[a-z0-9_-]+)?)(?:=([\w.+:~^*-]+))?$/.exec(text) ?? [];
  if (name === undefined) throw new TaskError(`"${text}" is not the name of a package, as nginx or nginx=1.26.3-3`);
  return version === undefined ? { text, name } : { text, name, version };
}

/** The difference between a package and the version that it should have, if any; "installed" is any version. */
export function versionDifference(text: string, now: PackageState, wanted: string | undefined): Difference[] {
  if (!now.installed) return [{ what: text, before: "absent", after: "installed" }];
  return wanted === undefined || isVersion(now.version, wanted)
    ? []
    : [{ what: text, before: now.version, after: wanted }];
}

/** The difference between what is installed and what is in a file, which a check may not find yet. */
export const fileDifference = (text: string, found: DebFileState): Difference[] =>
  found !== undefined && found.installed === found.version
    ? []
    : [{ what: text, before: found?.installed ?? "absent", after: found?.version ?? "installed" }];

/** A version may have an asterisk for any characters. */
const isVersion = (found: string | undefined, wanted: string): boolean =>
  found === undefined || new RegExp(`^${wanted.replace(/[.+]/g, String.raw`\$&`).replaceAll("*", ".*")}$`).test(found);

/** What is known of the version after the change. */
export const versionAfter = (version: string | undefined): Partial<PackageState> =>
  version === undefined || version.includes("*") ? {} : { version };
