import type { Result } from "../connection/types.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { unreadable } from "./keys.ts";

/**
 * The result of a shell command, which must not change anything. The key is the command. Asked again after each change.
 */
export const answer = defineQuery<Result>({
  kind: "answer",
  // Two lines per command: its output, with the exit code on a line of its own at the end, and its errors.
  ask: (commands) => `
kubeplay_answer() {
  { errors=$( ( { (eval "$1") </dev/null 3>&-; printf '\\n%s' "$?"; } | base64 -w0 >&3 ) 2>&1 ); } 3>&1
  echo; printf '%s' "$errors" | base64 -w0; echo
}
${commands.map((command) => `kubeplay_answer ${quote(command)}`).join("\n")}`,
  parse: (stdout, commands) => {
    const lines = stdout.split("\n");
    return new Map(
      commands.map((command, index) => {
        const [, said = "", code] = /^(.*)\n(\d+)$/s.exec(decoded(lines[2 * index])) ?? [];
        if (code === undefined) throw unreadable(stdout);
        return [command, { stdout: said, stderr: decoded(lines[2 * index + 1]), code: Number(code) }];
      }),
    );
  },
  volatile: true,
});

const decoded = (line = ""): string => Buffer.from(line, "base64").toString("utf8");
