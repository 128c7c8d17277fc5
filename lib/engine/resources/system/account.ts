import { TaskError } from "../../errors.ts";
import { checkUnicode } from "../../shell/text.ts";

type Kind = "user" | "group";

/** Throws TaskError for a name that could be misread: as an option, a number, a path or more than one word. */
export function checkNewName(kind: Kind, name: string): void {
  const isSafe = !/^[-+~]|^\.{1,2}$|[/\s]/u.test(name) && Buffer.byteLength(name) <= longestName;
  if (!isSafe || !canBeListed(name))
    throw notAName(
      kind,
      name,
      `at most ${String(longestName)} bytes without ":", ",", "/" and white space, not digits alone, and no "-", "+" or "~" first`,
    );
}

/** The same for an account that something else has made: a directory of users allows more than useradd. */
export function checkKnownName(kind: Kind, name: string): void {
  if (!canBeListed(name))
    throw notAName(kind, name, `no ":", "," or control character, not digits alone, and no "-" first`);
}

/**
 * Throws TaskError for a name with which useradd and groupadd make nothing. Accounts that exist may have others: older
 * versions of these programs and directories of users allow more.
 */
export function checkMakeable(kind: Kind, name: string): void {
  if (/^[\w.][\w.-]*\$?$/.test(name)) return;
  throw new TaskError(
    `there is no ${kind} ${JSON.stringify(name)}, and ${kind}add makes none with this name: expected letters of ASCII, digits, ` +
      `"_", "." and "-", no "-" first, and at the end a "$" at most`,
  );
}

const longestName = 32;
/** Whether it is a single word for useradd and a single field of passwd(5) and group(5). */
const canBeListed = (name: string): boolean => !/^$|^-|^\d+$|[:,\p{Cc}\p{Cs}]/u.test(name);

const notAName = (kind: Kind, name: string, expected: string): TaskError =>
  new TaskError(`${JSON.stringify(name.slice(0, 60))} is not the name of a ${kind}: expected ${expected}`);

/** Throws TaskError for what would be more than one field of passwd(5). */
export function checkField(user: string, what: string, value: string | undefined): void {
  if (value === undefined) return;
  checkUnicode(value, `${user}: ${what}`);
  if (/[:\u0000-\u001f\u007f]/.test(value))
    throw new TaskError(`${user}: ${what} contains a colon or a control character, which /etc/passwd cannot hold`);
}

export function checkNumber(what: "uid" | "gid", name: string, id: number | undefined): void {
  if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id < 2 ** 32 - 1))
    throw new TaskError(`${name}: the ${what} is ${String(id)}, expected a whole number from 0 to 4294967294`);
}

export function checkAbsolute(user: string, what: string, value: string | undefined): void {
  if (value !== undefined && !value.startsWith("/"))
    throw new TaskError(`${user}: ${what} "${value}" is not an absolute path`);
}
