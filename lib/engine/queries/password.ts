import { TaskError } from "../errors.ts";
import { defineQuery } from "./define.ts";
import { linesOf, unreadable, words } from "./keys.ts";

/** The SHA-256, in lower-case hex, of a user's password hash in shadow(5); undefined if there is no entry. */
export type PasswordState = string | undefined;

/** Which password a user has. The hash itself never leaves the host: its digest is enough to compare it. */
export const password = defineQuery<PasswordState>({
  kind: "password",
  ask: (names) => `if [ "$(id -u)" = 0 ] || [ -r /etc/shadow ]; then
  getent shadow -- ${words(names)} | while IFS=: read -r name hash rest; do
    printf '%s:%s\\n' "$name" "$(printf %s "$hash" | sha256sum)"
  done
else echo refused; fi`,
  parse: (stdout, names) => {
    const lines = linesOf(stdout);
    const known = new Map(lines.filter((line) => line !== "refused").map(entryOf));
    const answer = (name: string): PasswordState | TaskError =>
      lines[0] === "refused"
        ? new TaskError(`the password of ${name} can only be read by root: do the task as root, with become`)
        : known.get(name);
    return new Map(names.map((name) => [name, answer(name)]));
  },
});

function entryOf(line: string): [string, string] {
  const [, name, digest] = /^([^:]+):([0-9a-f]{64})\s/.exec(line) ?? [];
  if (name === undefined || digest === undefined) throw unreadable(line);
  return [name, digest];
}
