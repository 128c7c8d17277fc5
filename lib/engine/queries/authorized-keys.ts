import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { unreadable } from "./keys.ts";

/** The text of ~/.ssh/authorized_keys of a user; undefined if there is no such file, or no such user. */
export type AuthorizedKeysState = string | undefined;

/**
 * Each answer is a line: a word, and the file in base64. The user owns the folder, so nothing in it is followed: a link
 * to a file of root's is not read.
 */
const ask = (user: string): string => `(
  home=$(getent passwd -- ${quote(user)} | cut -d: -f6)
  [ -n "$home" ] && kubeplay_enter "$home" 2>/dev/null && [ -d .ssh ] && [ ! -L .ssh ] && kubeplay_down .ssh 2>/dev/null || { echo absent; exit; }
  [ -L authorized_keys ] && { echo link; exit; }
  [ -e authorized_keys ] || { echo absent; exit; }
  text=$(dd if=./authorized_keys iflag=nofollow,nonblock status=none 2>/dev/null | base64 -w 0) && [ -f authorized_keys ] && echo "file $text" || echo other
)`;

/** The file of a user by name. Fails with TaskError if it is a link or not a file. */
export const authorizedKeysOf = defineQuery<AuthorizedKeysState>({
  kind: "authorized keys",
  // Where the user's home is may change with the user.
  volatile: true,
  ask: (users) => users.map(ask).join("\n"),
  parse: (stdout, users) => {
    const lines = stdout.split("\n");
    return new Map(users.map((user, index) => [user, stateOf(user, lines[index] ?? "")]));
  },
});

function stateOf(user: string, line: string): AuthorizedKeysState | TaskError {
  const [word = "", text = ""] = line.split(" ");
  if (word === "absent") return undefined;
  if (word === "file") return Buffer.from(text, "base64").toString("utf8");
  if (word !== "link" && word !== "other") throw unreadable(line);
  return new TaskError(
    `~${user}/.ssh/authorized_keys is ${word === "link" ? "a link" : "not a file"}, expected a file`,
  );
}
