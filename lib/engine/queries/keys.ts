import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { checkUnicode } from "../shell/text.ts";

/** All keys as shell arguments. */
export const words = (keys: readonly string[]): string => keys.map(quote).join(" ");

/**
 * The path without "." and without double and trailing slashes: with a slash at its end, programs follow a link. Throws
 * TaskError if it is relative, has a "..", is too long, or contains a tab, a line
 * end, NUL or half of a surrogate pair.
 */
export function absolutePath(path: string): string {
  if (plainPath.test(path) && path.length <= longestPath) return path;
  if (typeof (path as unknown) !== "string") throw new TaskError("a path is missing, expected a string");
  if (!path.startsWith("/")) throw new TaskError(`"${path}" is not an absolute path`);
  if (/[\t\n\0]/.test(path))
    throw new TaskError(`${JSON.stringify(path)}: a path cannot contain a tab, a line end or NUL`);
  checkUnicode(path, "A path");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes(".."))
    throw new TaskError(`"${path}" contains "..", whose meaning depends on links: write the path without it`);
  const plain = `/${parts.join("/")}`;
  if (Buffer.byteLength(plain) > longestPath || parts.some((part) => Buffer.byteLength(part) > longestName))
    throw new TaskError(
      `"${path.slice(0, 60)}…" is too long: a path has at most ${String(longestPath)} bytes, each name in it ${String(longestName)}`,
    );
  return plain;
}

/** Most paths: each name has printable characters of ASCII, and is neither too long nor "." or "..". */
const plainPath = /^(?:\/(?!\.{1,2}(?:\/|$))[ -.0-~]{1,255})+$/;

/** Linux's PATH_MAX without the NUL at its end, and NAME_MAX. */
export const longestPath = 4095;
const longestName = 255;

/** The lines of an answer, without the empty ones. */
export const linesOf = (stdout: string): string[] => stdout.split("\n").filter((line) => line !== "");

export const unreadable = (line: string): Error => new Error(`unexpected "${line.slice(0, 200)}"`);
