import { TaskError } from "../errors.ts";

/** Nothing can be at the end of a link to itself, or to a name that is too long. */
const isAbsent = (line: string): boolean =>
  /: (?:No such file or directory|Not a directory|File name too long|Too many levels of symbolic links)$/.test(line);

/**
 * The paths that a program could not look at: what cannot be seen is not absent. `errors` is the program's standard
 * error in the locale C, `missing` are the paths that it did not print.
 */
export function unseen(errors: string, paths: readonly string[], missing: readonly string[]): Map<string, TaskError> {
  const lines = errors.split("\n").filter((line) => line !== "");
  const others = lines.filter((line) => !isAbsent(line));
  const found = new Map<string, TaskError>();
  for (const line of others) {
    const named = paths.find((path) => names(line, path));
    if (named !== undefined) found.set(named, cannotSee(named, line.slice(line.lastIndexOf(": ") + 2)));
    else if (/^\w+: \W?\//.test(line))
      for (const path of missing)
        if (!lines.some((one) => isAbsent(one) && names(one, path))) found.set(path, cannotSee(path, line));
  }
  return found;
}

const names = (line: string, path: string): boolean =>
  line.includes(`'${inC(path)}'`) || line.includes(`'${path}'`) || line.includes(` ${path}: `);

/** A name as find writes it in the locale C, between quotes. */
const inC = (path: string): string =>
  Array.from(Buffer.from(path), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === "'" || character === "\\") return `\\${character}`;
    if (byte >= 0x20 && byte < 0x7f) return character;
    const short = "abtnvfr"[byte - 7];
    return short === undefined ? `\\${byte.toString(8).padStart(3, "0")}` : `\\${short}`;
  }).join("");

const cannotSee = (path: string, reason: string): TaskError =>
  new TaskError(`${path} cannot be seen (${reason}): do the task as a user who may, with become`);

/** The command with its standard error after its output, which must end with NUL. */
export const withErrors = (command: string): string =>
  `{ errors=$({\n${command}\n} 2>&1 >&3 3>&-); } 3>&1; printf '%s' "$errors"`;
