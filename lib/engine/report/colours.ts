import picocolors from "picocolors";

/**
 * Colours for a terminal only, as no-color.org and force-color.org say: the library alone would also colour a pipe where
 * the environment has `CI`.
 */
export function hasColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  return Boolean(env.FORCE_COLOR) || (isTerminal && env.TERM !== "dumb");
}

export const pc = picocolors.createColors(hasColours(process.env, process.stdout.isTTY));
