import { words } from "./keys.ts";

/**
 * A line for each name or number, empty if there is none. Directories that ignore the case of a name answer with their
 * own spelling, so that only the place of a line tells what it answers.
 */
export const getent = (database: "passwd" | "group", keys: readonly string[]): string =>
  `for key in ${words(keys)}; do getent ${database} -- "$key" || echo; done`;
