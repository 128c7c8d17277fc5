import { quote } from "../shell/quote.ts";
import { defineQuery, type Query } from "./define.ts";
import { absolutePath, unreadable } from "./keys.ts";

/** The version of a Python package in a virtual environment; undefined if it is not installed there. */
export type PythonPackageState = string | undefined;

/** A name as PEP 503 compares it. */
export const normalized = (name: string): string => name.replace(/[-_.]+/g, "-").toLowerCase();

const venvOf = (key: string): string => key.slice(key.indexOf(" ") + 1);
const nameOf = (key: string): string => key.slice(0, key.indexOf(" "));

const of = defineQuery<PythonPackageState>({
  kind: "python package",
  // No Python is started. The names of a folder end with an empty one.
  ask: (keys) =>
    [...new Set(keys.map(venvOf))]
      .map(
        (venv) => `for folder in ${quote(venv)}/lib/python3*/site-packages/*.dist-info; do
  [ ! -d "$folder" ] || printf '%s\\0' "\${folder##*/}"
done
printf '\\0'`,
      )
      .join("\n"),
  parse: (stdout, keys) => {
    const venvs = [...new Set(keys.map(venvOf))];
    const parts = stdout.split(/(?<=^|\0)\0/);
    if (parts.length !== venvs.length + 1) throw unreadable(stdout);
    const versions = new Map(venvs.map((venv, index) => [venv, versionsIn(parts[index] ?? "")]));
    return new Map(keys.map((key) => [key, versions.get(venvOf(key))?.get(nameOf(key))]));
  },
});

/** "charset_normalizer-3.4.4.dist-info" */
const versionsIn = (folders: string): ReadonlyMap<string, string> =>
  new Map(
    folders.split("\0").flatMap((folder) => {
      const [, name, version] = /^([\w.-]+)-([^-\s]+)\.dist-info$/.exec(folder) ?? [];
      return name === undefined || version === undefined ? [] : [[normalized(name), version] as const];
    }),
  );

/** A package of the virtual environment in a folder. */
export const pythonPackage = (venv: string, name: string): Query<PythonPackageState> =>
  of(`${normalized(name)} ${absolutePath(venv)}`);
