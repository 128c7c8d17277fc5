import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { linesOf } from "./keys.ts";

/** Whether a shell condition holds: its exit code is 0. It must not change anything. */
export const probe = defineQuery<boolean>({
  kind: "probe",
  // eval, so that what one condition cannot be parsed by ends its own subshell only.
  ask: (conditions) =>
    conditions.map((condition) => `(eval ${quote(condition)}) </dev/null >/dev/null 2>&1; echo $?`).join("\n"),
  parse: (stdout, conditions) => {
    const codes = linesOf(stdout);
    if (codes.length !== conditions.length)
      throw new Error(`${String(codes.length)} answers to ${String(conditions.length)} conditions`);
    return new Map(conditions.map((condition, index) => [condition, codes[index] === "0"]));
  },
  volatile: true,
});
