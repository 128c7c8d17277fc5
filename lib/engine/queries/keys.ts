import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";

/** All keys as shell arguments. */
export const words = (keys: readonly string[]): string => keys.map(quote).join(" ");

/**
 * The path without "." and without double and trailing slashes: with a slash at its end, programs follow a link. Throws
 * TaskError if it is relative, has a "..", or contains a tab, a line end or NUL.
 */
export function absolutePath(path: string): string {
  if (!path.startsWith("/")) throw new TaskError(`"${path}" is not an absolute path`);
  if (/[\t\n\0]/.test(path))
    throw new TaskError(`${JSON.stringify(path)}: a path cannot contain a tab, a line end or NUL`);
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes(".."))
    throw new TaskError(`"${path}" contains "..", whose meaning depends on links: write the path without it`);
  return `/${parts.join("/")}`;
}

/** The lines of an answer, without the empty ones. */
export const linesOf = (stdout: string): string[] => stdout.split("\n").filter((line) => line !== "");

export const unreadable = (line: string): Error => new Error(`unexpected "${line.slice(0, 200)}"`);
