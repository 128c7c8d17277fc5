/**
 * Quotes any text as one word for a POSIX shell: within single quotes nothing is special but the quote itself, which is
 * written as `'\''` (end, an escaped quote, begin again). Throws TypeError for a NUL byte.
 *
 * @example
 * command("Set the host name", { run: `hostname ${quote(host.name)}` });
 */
export function quote(word: string): string {
  // A shell cannot hold NUL; it would cut the word off there without an error.
  if (word.includes("\0")) throw new TypeError("A shell argument cannot contain a NUL byte");
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
