import { TaskError } from "../../errors.ts";
import { authorizedKeysOf, type AuthorizedKeysState } from "../../queries/authorized-keys.ts";
import { linesOf } from "../../queries/keys.ts";
import { user as userQuery } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import { requirement, type Difference } from "../../tasks/resource.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { absent } from "../../shell/paths.ts";
import { enter } from "../files/path-commands.ts";
import { addUser } from "../files/requirements.ts";
import { wantedOf } from "../files/wanted-file.ts";
import { checkKnownName } from "./account.ts";

/** The properties of `authorizedKeys`. */
export interface AuthorizedKeysProps {
  readonly user: string;
  /** Lines of authorized_keys(5), with options and comment as they are to be. */
  readonly keys: readonly string[];
  /** Removes all other keys of the file. False by default. */
  readonly exclusive?: boolean;
  /** "absent" removes these keys and keeps all others. */
  readonly state?: "present" | "absent";
}

/**
 * Keys with which one may log in as a user, in ~/.ssh/authorized_keys. Lines are compared by their keys: other options
 * or another comment replace a line. Fails with TaskError if a key is not one, and if the file is a link or not UTF-8.
 *
 * @example
 * authorizedKeys("Let ada log in", { user: "ada", keys: ["ssh-ed25519 AAAAC3… ada@laptop"], exclusive: true });
 */
export const authorizedKeys = defineResource({
  kind: "authorized keys",
  props: {
    user: prop.text,
    keys: prop.listOf(prop.text),
    exclusive: prop.optional(prop.flag),
    state: presence,
  },
  label: ({ user }: AuthorizedKeysProps) => user,
  locate: (p) => {
    checkKnownName("user", p.user);
    for (const key of p.keys)
      if (keyOf(key) === undefined || /[\r\n]/.test(key))
        throw new TaskError(
          `${p.user}: ${JSON.stringify(key.slice(0, 40))} is not a public key, expected a line such as "ssh-ed25519 AAAA… name"`,
        );
    if (p.exclusive && p.state === "absent")
      throw new TaskError(`${p.user}: exclusive keys cannot be absent: give the keys that stay`);
    return p;
  },
  needs: (p) => ({ account: userQuery(p.user), now: authorizedKeysOf(p.user) }),
  diff: ({ now }, p): Difference[] => {
    const [before, after] = [linesOf(now?.text ?? ""), linesAfter(now, p)];
    const only = (lines: readonly string[], others: readonly string[]): string | undefined =>
      lines.filter((line) => !others.includes(line)).join("\n") || undefined;
    return before.join("\n") === after.join("\n")
      ? []
      : [{ what: "keys", before: only(before, after), after: only(after, before) }];
  },
  apply: (_found, { account, now }, p) => {
    if (!account) throw new TaskError(`there is no user ${p.user}`);
    const { home, group } = account;
    return [
      `umask 077 && ${enter(home)} && { [ -d ./.ssh ] && [ ! -L ./.ssh ] || mkdir ./.ssh; } && kubeplay_down .ssh && ` +
        `if [ -O . ] && [ -z "$(ls -A)" ]; then chown -- ${quote(`${p.user}:${group}`)} .; fi`,
      {
        upload: { bytes: Buffer.from(textAfter(now, p)) },
        ...{ to: `${home}/.ssh/authorized_keys`, mode: 0o600, owner: p.user, group },
        ...(now === undefined ? { replaces: absent } : editing(now)),
      },
    ];
  },
  forecast: ({ now }, p) => ({ now: { text: textAfter(now, p) } }),
  requires: (p) => [
    requirement(userQuery(p.user), (found) => (found ? undefined : `there is no user ${p.user}`), addUser),
  ],
  effects: () => ["everything"],
  makesOnlyItself: true,
  // Old keys were not made by this task's secrets.
  parts: (p) => ({ keys: p.keys }),
});

/** What was read: in the home of another user, a name may lead to another file by then. */
const editing = ({ text, identity }: NonNullable<AuthorizedKeysState>) => ({
  edits: wantedOf(text).sha256,
  ...(identity !== undefined && { replaces: identity }),
});

/** Type and key of a line, without options and comment. */
function keyOf(line: string): string | undefined {
  const [, type, key] = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]{40,}={0,3})(?:\s|$)/.exec(line) ?? [];
  return type === undefined || key === undefined ? undefined : `${type} ${key}`;
}

/** A line with a managed key stays in its place; new ones are added at the end. */
function linesAfter(now: AuthorizedKeysState, { keys, exclusive, state }: AuthorizedKeysProps): string[] {
  const wanted = new Map(keys.map((line) => [keyOf(line), line.trim()]));
  const before = linesOf(now?.text ?? "");
  if (state === "absent") return before.filter((line) => !wanted.has(keyOf(line)));
  const kept = before.flatMap((line) => {
    const key = keyOf(line);
    const own = wanted.get(key);
    if (own === undefined) return exclusive ? [] : [line];
    wanted.delete(key);
    return [own];
  });
  return [...kept, ...wanted.values()];
}

const textAfter = (now: AuthorizedKeysState, p: AuthorizedKeysProps): string =>
  linesAfter(now, p)
    .map((line) => `${line}\n`)
    .join("");
