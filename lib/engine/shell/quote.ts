import { checkWord } from "./text.ts";

/**
 * Quotes any text as one word for a POSIX shell: within single quotes nothing is special but the quote itself, which is
 * written as `'\''` (end, an escaped quote, begin again). Throws TaskError for a NUL byte,
 * and for half of a surrogate pair.
 *
 * @example
 * command("Set the host name", { run: `hostname ${quote(host.name)}` });
 */
export function quote(word: string): string {
  // A shell would cut the word off at NUL without an error.
  checkWord(word, "A shell argument");
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
