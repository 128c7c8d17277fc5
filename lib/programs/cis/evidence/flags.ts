/** The flags of a process by their names without dashes, each with all its values in their order. */
export type Flags = ReadonlyMap<string, readonly string[]>;

/** Reads "--name=value", "--name value" and "--name", which means true; one dash or two, as Go's programs accept. */
export function flagsIn(words: readonly string[]): Flags {
  const flags = new Map<string, string[]>();
  for (const [index, word] of words.entries()) {
    const [, name, given] = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === undefined) continue;
    const next = words[index + 1];
    const value = given ?? (next === undefined || next.startsWith("-") ? "true" : next);
    flags.set(name, [...(flags.get(name) ?? []), value]);
  }
  return flags;
}
