import { TaskError } from "../../errors.ts";
import { checkPostgresName, identifier, literal, type PostgresState } from "../../queries/postgres.ts";
import { postgresDatabase as query, type PostgresDatabase } from "../../queries/postgres-database.ts";
import { differences, unknown, type Difference } from "../../tasks/resource.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { checkReached, roleExists, serverAnswers, statements } from "./server.ts";

/** The properties of `postgresDatabase`. */
export interface PostgresDatabaseProps {
  readonly name: string;
  /** A role. For a new database, the task's user by default. */
  readonly owner?: string;
  /** Such as "UTF8"; that of the template by default. A database keeps it for life. */
  readonly encoding?: string;
  /** The order of texts, such as "C.UTF-8"; that of the template by default. A database keeps it for life. */
  readonly locale?: string;
  /** The database that a new one is a copy of: "template0" if encoding or locale are given, else "template1". */
  readonly template?: string;
  /** "absent" removes the database with all its data. */
  readonly state?: "present" | "absent";
}

interface PostgresDatabaseNow {
  readonly database: PostgresState<PostgresDatabase>;
}

const isAbsent = ({ state }: PostgresDatabaseProps): boolean => state === "absent";

/**
 * A database of the host's PostgreSQL. The task's user must be able to make databases: on Debian, `.become("postgres")`.
 * The task fails if no server answers, if the encoding or locale of an existing database is another, and if a database
 * that is to go has connections.
 *
 * @example
 * postgresDatabase("Make the shop's database", { name: "shop", owner: "shop" }).become("postgres");
 */
export const postgresDatabase = defineResource({
  kind: "postgres database",
  props: {
    name: prop.text,
    owner: prop.optional(prop.text),
    encoding: prop.optional(prop.text),
    locale: prop.optional(prop.text),
    template: prop.optional(prop.text),
    state: presence,
  },
  label: (p: PostgresDatabaseProps) => p.name,
  locate: (p) => {
    for (const name of [p.name, p.template ?? p.name]) checkPostgresName("database", name);
    checkPostgresName("role", p.owner ?? p.name);
    return p;
  },
  needs: (p) => ({ database: query(p.name) }),
  diff: ({ database: { found } }: PostgresDatabaseNow, p): Difference[] => {
    if (isAbsent(p)) return found ? [{ what: "state", before: "present", after: "absent" }] : [];
    if (!found) return [{ what: "state", before: "absent", after: "present" }];
    for (const what of ["encoding", "locale"] as const)
      if (p[what] !== undefined && p[what] !== found[what])
        throw new TaskError(
          `${p.name}: the ${what} is ${found[what]}, expected ${p[what]}: PostgreSQL cannot change it. Dump the database, remove it, and restore it`,
        );
    return differences({ owner: [found.owner, p.owner] });
  },
  apply: (_found, { database }, p) => {
    checkReached(database);
    const name = identifier(p.name);
    if (isAbsent(p)) return [statements(`DROP DATABASE ${name}`)];
    if (database.found) return [statements(`ALTER DATABASE ${name} OWNER TO ${identifier(p.owner ?? "")}`)];
    const isOwnKind = p.encoding !== undefined || p.locale !== undefined;
    const template = p.template ?? (isOwnKind ? "template0" : undefined);
    const options = [
      ...(p.owner === undefined ? [] : [` OWNER ${identifier(p.owner)}`]),
      ...(template === undefined ? [] : [` TEMPLATE ${identifier(template)}`]),
      ...(p.encoding === undefined ? [] : [` ENCODING ${literal(p.encoding)}`]),
      ...(p.locale === undefined ? [] : [` LOCALE ${literal(p.locale)}`]),
    ];
    return [statements(`CREATE DATABASE ${name}${options.join("")}`)];
  },
  forecast: ({ database: { found } }, { owner, encoding, locale, ...p }) => {
    if (isAbsent(p)) return { database: {} };
    if (found) return { database: { found: { ...found, owner: owner ?? found.owner } } };
    // What is left out comes from the server.
    if (owner === undefined || encoding === undefined || locale === undefined) return { database: unknown };
    return { database: { found: { owner, encoding, locale } } };
  },
  requires: (p) => [
    serverAnswers(query(p.name)),
    ...(p.owner === undefined || isAbsent(p) ? [] : [roleExists(p.owner)]),
  ],
});
