/** Whether a text matches a pattern of ssh, in which `*` is any text and `?` one character. Letters match in any case. */
export const matchesWildcard = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "is",
  ).test(text);

/** Whether a text matches one of these patterns, and none of those with a leading `!`. */
export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  !patterns.some((pattern) => pattern.startsWith("!") && matchesWildcard(pattern.slice(1), text)) &&
  patterns.some((pattern) => !pattern.startsWith("!") && matchesWildcard(pattern, text));
