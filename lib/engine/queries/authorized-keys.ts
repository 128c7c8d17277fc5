import { TaskError } from "../errors.ts";
import { notUtf8 } from "../files.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { unreadable } from "./keys.ts";

/** ~/.ssh/authorized_keys of a user; undefined if there is no such file, or no such user. */
export type AuthorizedKeysState =
  | {
      readonly text: string;
      /** Identifies what was read, so that a change can be refused if it has changed since; undefined in a forecast. */
      readonly identity?: string;
    }
  | undefined;

/**
 * Each answer is a line: a word, the file in base64, and its identity before it was read. The user owns the folder, so
 * nothing in it is followed: a link to a file of root's is not read.
 */
const ask = (user: string): string => `(
  home=$(getent passwd -- ${quote(user)} | cut -d: -f6)
  [ -n "$home" ] && kubeplay_enter "$home" 2>/dev/null && [ -d .ssh ] && [ ! -L .ssh ] && kubeplay_down .ssh 2>/dev/null || { echo absent; exit; }
  [ -L authorized_keys ] && { echo link; exit; }
  [ -e authorized_keys ] || { echo absent; exit; }
  identity=$(kubeplay_identity authorized_keys)
  text=$(dd if=./authorized_keys iflag=nofollow,nonblock status=none 2>/dev/null | base64 -w 0) && [ -f authorized_keys ] && [ "\${identity%% *}" = f ] && echo "file $text $identity" || echo other
)`;

/** The file of a user by name. Fails with TaskError if it is a link, not a file, or not UTF-8. */
export const authorizedKeysOf = defineQuery<AuthorizedKeysState>({
  kind: "authorized keys",
  // Where the user's home is may change with the user.
  volatile: true,
  passing: ["identity"],
  ask: (users) => users.map(ask).join("\n"),
  parse: (stdout, users) => {
    const lines = stdout.split("\n");
    return new Map(users.map((user, index) => [user, stateOf(user, lines[index] ?? "")]));
  },
});

function stateOf(user: string, line: string): AuthorizedKeysState | TaskError {
  if (line === "absent") return undefined;
  const shown = `~${user}/.ssh/authorized_keys`;
  if (line === "link" || line === "other")
    return new TaskError(`${shown} is ${line === "link" ? "a link" : "not a file"}, expected a file`);
  const [, base64, identity] = /^file ([A-Za-z0-9+/]*={0,2}) (f [0-9. ]+)$/.exec(line) ?? [];
  if (base64 === undefined || identity === undefined) throw unreadable(line);
  const bytes = Buffer.from(base64, "base64");
  const wrong = notUtf8(bytes);
  return wrong
    ? new TaskError(
        `${shown}:${String(wrong.line)}: ${wrong.byte} is not UTF-8: convert the file, for example with iconv`,
      )
    : { text: bytes.toString("utf8"), identity };
}
