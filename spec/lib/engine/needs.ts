import type { Context } from "mocha";

/** Skips a spec that this machine cannot run, and prints why: a silently skipped spec looks like a passed one. */
export function needs(context: Context, what: string, given: boolean): void {
  if (given) return;
  console.log(`      skipped: needs ${what}`);
  context.skip();
}
