import { words } from "./keys.ts";

/**
 * A line for each name or number, empty if there is none. Directories that ignore the case of a name answer with their
 * own spelling, so that only the place of a line tells what it answers: if some are missing, each is asked by itself.
 */
export function getent(database: "passwd" | "group", keys: readonly string[]): string {
  const of = `getent ${database} --`;
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return `${of} ${words([only])} || echo`;
  return `if all=$(${of} ${words(keys)}); then printf '%s\\n' "$all"
elif [ -z "$all" ]; then printf '${"\\n".repeat(keys.length)}'
else for key in ${words(keys)}; do ${of} "$key" || echo; done; fi`;
}
