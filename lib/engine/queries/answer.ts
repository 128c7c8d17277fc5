import { randomBytes } from "node:crypto";
import type { Result } from "../connection/types.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { unreadable } from "./keys.ts";

/** Ends the outputs of a command: no command can know it. */
const mark = `kubeplay-answer-${randomBytes(12).toString("hex")}`;

/**
 * The result of a shell command, which must not change anything. The key is the command. Asked again after each change.
 */
export const answer = defineQuery<Result>({
  kind: "answer",
  // For each command: its output, the mark with the exit code, its errors, the mark. `sed` stops at the mark, and not at
  // the end of its input, which a program that the command left running may keep open.
  ask: (commands) => `
kubeplay_answer() {
  { errors=$( ( ( (
    (eval "$1") </dev/null; code=$?; printf '\\n%s %s\\n' ${mark} "$code"; printf '\\n%s\\n' ${mark} >&2
  ) 2>&1 >&4 3>&- 4>&- 5>&- | sed '/^${mark}/q' >&5 3>&- 4>&- 5>&- ) 4>&1 | sed '/^${mark}/q' >&3 3>&- 5>&- ) 5>&1 ); } 3>&1
  printf '%s\\n' "$errors"
}
${commands.map((command) => `kubeplay_answer ${quote(command)}`).join("\n")}`,
  parse: (stdout, commands) => {
    const parts = stdout.split(`\n${mark}`);
    return new Map(
      commands.map((command, index) => {
        const said = (parts[2 * index] ?? "").slice(index === 0 ? 0 : 1);
        const [, code, errors = ""] = /^ (\d+)\n(.*)$/s.exec(parts[2 * index + 1] ?? "") ?? [];
        if (code === undefined) throw unreadable(stdout);
        return [command, { stdout: said, stderr: errors.replace(/\n+$/, ""), code: Number(code) }];
      }),
    );
  },
  volatile: true,
  runsCommands: true,
});
