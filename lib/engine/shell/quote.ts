/**
 * One word for a POSIX shell, whatever its bytes: within single quotes nothing is special but the quote itself,
 * which is written as `'\''` (end, an escaped quote, begin again).
 */
export function quote(word: string): string {
  // A shell cannot hold NUL; it would cut the word off there without a word of its own.
  if (word.includes("\0")) throw new TypeError("A shell argument cannot contain a NUL byte");
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
