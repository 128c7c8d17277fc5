import type { Runner, Test } from "mocha";

/** Prints why a spec is tried again, so that a spec that passes at its second try is not forgotten. */
export function mochaGlobalSetup(this: Runner): void {
  this.on("retry", (test: Test, error: Error) => {
    console.log(`      failed and is tried again: ${test.fullTitle()}\n${error.stack ?? String(error)}`);
  });
}
