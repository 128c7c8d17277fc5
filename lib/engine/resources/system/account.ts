import { TaskError } from "../../errors.ts";
import { checkUnicode } from "../../shell/text.ts";

/** Throws TaskError for what Debian's useradd and groupadd accept as no name. */
export function checkAccountName(kind: "user" | "group", name: string): void {
  if (/^(?!\d+$)(?!\.{1,2}$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,31}\$?$/.test(name) && name.length <= 32) return;
  throw new TaskError(
    `${JSON.stringify(name.slice(0, 60))} is not the name of a ${kind}: expected at most 32 letters, digits, "_", "-" and ".", not digits alone, and no "-" first`,
  );
}

/** Throws TaskError for what would be more than one field of passwd(5). */
export function checkField(user: string, what: string, value: string | undefined): void {
  if (value === undefined) return;
  checkUnicode(value, `${user}: ${what}`);
  if (/[:\u0000-\u001f\u007f]/.test(value))
    throw new TaskError(`${user}: ${what} contains a colon or a control character, which /etc/passwd cannot hold`);
}

export function checkUid(user: string, uid: number | undefined): void {
  if (uid !== undefined && !(Number.isInteger(uid) && uid >= 0 && uid < 2 ** 32 - 1))
    throw new TaskError(`${user}: the uid is ${String(uid)}, expected a whole number from 0 to 4294967294`);
}

export function checkAbsolute(user: string, what: string, value: string | undefined): void {
  if (value !== undefined && !value.startsWith("/"))
    throw new TaskError(`${user}: ${what} "${value}" is not an absolute path`);
}
