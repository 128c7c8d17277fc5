import path from "node:path";
import { linesOf } from "./keys.ts";

/** A line of a configuration file on the host. */
export interface ConfigLine {
  readonly file: string;
  readonly line: string;
}

/** Folders of configuration files, such as /etc/sysctl.d: a file hides those of the same name in later folders. */
export const configFolders = (name: string): string[] =>
  ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map((folder) => `${folder}/${name}`);

/**
 * The command that prints the lines that match a pattern of grep: first the names of all files, each followed by NUL,
 * and a line end; then each line after its file's name and NUL.
 */
export function grepConfig(folders: readonly string[], pattern: string): string {
  const files = folders.map((folder) => `${folder}/*.conf`).join(" ");
  return `printf '%s\\0' ${files}\nprintf '\\n'\nLC_ALL=C grep -sHZ '${pattern}' -- ${files}; :`;
}

/** The lines in the order in which the files are read, without those of files that another hides. */
export function readConfig(stdout: string): ConfigLine[] {
  const end = stdout.indexOf("\0\n");
  const read = filesInOrder(stdout.slice(0, end).split("\0"));
  const lines = linesOf(stdout.slice(end + 2)).flatMap((text) => {
    const [file = "", line = ""] = text.split("\0");
    return read.has(file) ? [{ file, line }] : [];
  });
  return lines.sort((a, b) => (read.get(a.file) ?? 0) - (read.get(b.file) ?? 0));
}

/** The position at which each file is read. */
function filesInOrder(names: readonly string[]): ReadonlyMap<string, number> {
  const first = new Map<string, string>();
  for (const file of names) {
    const name = path.basename(file);
    if (name !== "*.conf" && !first.has(name)) first.set(name, file);
  }
  return new Map([...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file], index) => [file, index]));
}
