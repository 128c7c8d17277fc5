import type { Context } from "mocha";

/** Skips what this machine cannot serve, and says what is missing: a spec left out in silence looks like one that passed. */
export function needs(context: Context, what: string, given: boolean): void {
  if (given) return;
  console.log(`      skipped, for it needs ${what}`);
  context.skip();
}
