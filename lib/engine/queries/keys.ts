import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";

/** All keys as shell arguments. */
export const words = (keys: readonly string[]): string => keys.map(quote).join(" ");

/**
 * The path without double and trailing slashes. Throws TaskError if it is relative, or contains a tab, a line end or
 * NUL: answers are parsed by line and tab.
 */
export function absolutePath(path: string): string {
  if (!path.startsWith("/")) throw new TaskError(`"${path}" is not an absolute path`);
  if (/[\t\n\0]/.test(path))
    throw new TaskError(`${JSON.stringify(path)}: a path cannot contain a tab, a line end or NUL`);
  const plain = path.replace(/\/{2,}/g, "/");
  return plain.length > 1 && plain.endsWith("/") ? plain.slice(0, -1) : plain;
}

/** The lines of an answer, without the empty ones. */
export const linesOf = (stdout: string): string[] => stdout.split("\n").filter((line) => line !== "");

export const unreadable = (line: string): Error => new Error(`unexpected "${line.slice(0, 200)}"`);
