import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { linesOf } from "./keys.ts";

/**
 * Whether a shell condition holds: its exit code is 0. The key is the condition, which must not change anything. Asked
 * again after each change.
 */
export const probe = defineQuery<boolean>({
  kind: "probe",
  // eval, so that a syntax error in one condition ends only its own subshell.
  ask: (conditions) =>
    conditions.map((condition) => `(eval ${quote(condition)}) </dev/null >/dev/null 2>&1; echo $?`).join("\n"),
  parse: (stdout, conditions) => {
    const codes = linesOf(stdout);
    if (codes.length !== conditions.length)
      throw new Error(`${String(codes.length)} answers to ${String(conditions.length)} conditions`);
    return new Map(conditions.map((condition, index) => [condition, codes[index] === "0"]));
  },
  volatile: true,
  runsCommands: true,
});
