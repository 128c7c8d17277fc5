import { createHash } from "node:crypto";
import { TaskError } from "../../errors.ts";
import type { PasswordState } from "../../queries/password.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference, ShellStep } from "../../tasks/resource.ts";

const hash = String.raw`\$(?:y|gy|7|6|5|2[aby])\$[./0-9A-Za-z$=,+-]+`;
const field = new RegExp(`^(?:[!*]{1,2}|!?${hash})$`);

/** Throws TaskError for what is no hash, and may be the password itself: it is not told. */
export function checkPassword(user: string, password: string | undefined): void {
  if (password !== undefined && !field.test(password))
    throw new TaskError(
      `${user}: the password is not a hash, expected one of crypt(5) such as \`openssl passwd -6\` prints, or "!" for none`,
    );
}

/** What the query `password` answers for this hash. */
export const digestOf = (password: string): string => createHash("sha256").update(password).digest("hex");

/** Neither hash is shown. */
export const passwordDifference = (now: PasswordState, password: string | undefined): Difference[] =>
  password === undefined || now === digestOf(password)
    ? []
    : [{ what: "password", before: undefined, after: undefined, secret: true }];

/** By standard input: every user of the host can read the arguments of a program. */
export const setPassword = (user: string, password: string): ShellStep => ({
  sh: `printf '%s\\n' ${quote(`${user}:${password}`)} | chpasswd -e`,
  secret: true,
});
