import { TaskError } from "../errors.ts";

const isAbsent = (line: string): boolean => /: (?:No such file or directory|Not a directory)$/.test(line);

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

const names = (line: string, path: string): boolean => line.includes(`'${path}'`) || line.includes(` ${path}: `);

const cannotSee = (path: string, reason: string): TaskError =>
  new TaskError(`${path} cannot be seen (${reason}): do the task as a user who may, with become`);

/** The command with its standard error after its output, which must end with NUL. */
export const withErrors = (command: string): string =>
  `{ errors=$({\n${command}\n} 2>&1 >&3 3>&-); } 3>&1; printf '%s' "$errors"`;
