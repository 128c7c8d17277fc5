import { TaskError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { linesOf, unreadable } from "./keys.ts";

/** What the PostgreSQL server of the host says about a subject. */
export interface PostgresState<Found> {
  /** Why nobody could be asked: there is no server, it is not running, or it does not know the user. */
  readonly unreachable?: string;
  /** Undefined if there is no such subject. */
  readonly found?: Found;
}

/** A text in SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The name of a role or a database in SQL. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Statements for psql by standard input: the arguments of a program can be read by every user of the host. */
export const psql = (sql: string): string =>
  `printf '%s\\n' ${quote(sql)} | psql --no-psqlrc --no-password --quiet --no-align --tuples-only ` +
  "--set ON_ERROR_STOP=1 --set VERBOSITY=terse --dbname postgres";

/** Throws TaskError for what no role or database can be called. */
export function checkPostgresName(what: string, name: string): void {
  if (name === "" || Buffer.byteLength(name) > longestName || /\p{Cc}/u.test(name))
    throw new TaskError(
      `${JSON.stringify(name.slice(0, 80))} is not the name of a ${what}, expected 1 to ${String(longestName)} bytes without control characters`,
    );
}

/** NAMEDATALEN without the NUL at its end: PostgreSQL would cut the rest off. */
const longestName = 63;

/**
 * Asks for rows of JSON, each with `name`, of all subjects by one statement. Warnings are no rows and no reason: the server
 * warns of an older libc at each connection, and Debian's psql, which is in Perl, of a locale that is not there.
 */
export const askPostgres = (select: (names: string) => string, names: readonly string[]): string =>
  `if ! command -v psql >/dev/null; then echo 'unreachable there is no psql'
elif said=$(${psql(select(names.map(literal).join(", ")))} 2>&1); then echo rows; printf '%s\n' "$said" | sed -n '/^{/p'
else printf 'unreachable %s\n' "$(printf '%s\n' "$said" | grep -m 1 -E '(error|ERROR|FATAL):' || printf '%s\n' "$said" | head -n 1)"; fi`;

/** The answers for all subjects. */
export function readPostgres<Found>(
  stdout: string,
  names: readonly string[],
): ReadonlyMap<string, PostgresState<Found>> {
  const [first = "", ...rows] = linesOf(stdout);
  if (first.startsWith("unreachable ")) {
    const unreachable = first.slice("unreachable ".length);
    return new Map(names.map((name) => [name, { unreachable }]));
  }
  if (first !== "rows") throw unreadable(first);
  const known = new Map(rows.map(subjectIn));
  return new Map(
    names.map((name) => {
      const found = known.get(name) as Found | undefined;
      return [name, found === undefined ? {} : { found }];
    }),
  );
}

function subjectIn(row: string): readonly [name: string, found: object] {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    throw unreadable(row);
  }
  const { name, ...found } = (typeof value === "object" ? (value ?? {}) : {}) as { readonly name?: unknown };
  if (typeof name !== "string") throw unreadable(row);
  return [name, found];
}
