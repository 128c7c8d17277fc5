import { TaskError } from "../../errors.ts";
import { checkPostgresName, identifier, literal, type PostgresState } from "../../queries/postgres.ts";
import { postgresPassword, type PostgresPassword } from "../../queries/postgres-password.ts";
import { postgresRole as query, type PostgresRole } from "../../queries/postgres-role.ts";
import { differences, unknown, type Difference, type Needs, type Step } from "../../tasks/resource.ts";
import { presence, prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { isPassword, verifierOf } from "./password.ts";
import { checkReached, roleExists, serverAnswers, statements } from "./server.ts";

/** The properties of `postgresRole`. Those that are left out are not changed on a role that exists. */
export interface PostgresRoleProps {
  readonly name: string;
  /** Whether one can log in as the role; true for a new one by default. */
  readonly login?: boolean;
  /** Compared each time. Only a verifier of it is sent to the host. */
  readonly password?: string;
  readonly superuser?: boolean;
  readonly createDatabase?: boolean;
  readonly createRole?: boolean;
  readonly replication?: boolean;
  /** Of connections at once; -1 for no limit. */
  readonly connectionLimit?: number;
  /** Roles whose rights it has too. It stays a member of others. */
  readonly memberOf?: readonly string[];
  readonly state?: "present" | "absent";
}

interface PostgresRoleNow {
  readonly role: PostgresState<PostgresRole>;
  readonly password?: PostgresState<PostgresPassword>;
}

/** The words of SQL for the attributes that are true or false. */
const attributes = {
  login: "LOGIN",
  superuser: "SUPERUSER",
  createDatabase: "CREATEDB",
  createRole: "CREATEROLE",
  replication: "REPLICATION",
} as const;
type Attribute = keyof typeof attributes;
const attributeNames = Object.keys(attributes) as Attribute[];

const isAbsent = ({ state }: PostgresRoleProps): boolean => state === "absent";

/**
 * A role of the host's PostgreSQL: a user, or a group of them. The task's user must be able to make roles: on Debian,
 * `.become("postgres")`. The task fails if no server answers, and if a role that is to go still owns something.
 *
 * @example
 * postgresRole("Make the shop's role", { name: "shop", password: vars.shop_password }).become("postgres");
 */
export const postgresRole = defineResource({
  kind: "postgres role",
  props: {
    name: prop.text,
    login: prop.optional(prop.flag),
    password: prop.optional(prop.text),
    superuser: prop.optional(prop.flag),
    createDatabase: prop.optional(prop.flag),
    createRole: prop.optional(prop.flag),
    replication: prop.optional(prop.flag),
    connectionLimit: prop.optional(prop.number),
    memberOf: prop.optional(prop.listOf(prop.text)),
    state: presence,
  },
  label: (p: PostgresRoleProps) => p.name,
  locate: (p) => {
    for (const name of [p.name, ...(p.memberOf ?? [])]) checkPostgresName("role", name);
    if (p.connectionLimit !== undefined && !(Number.isInteger(p.connectionLimit) && p.connectionLimit >= -1))
      throw new TaskError(
        `${p.name}: the connectionLimit is ${String(p.connectionLimit)}, expected a whole number, or -1 for no limit`,
      );
    if (p.password !== undefined && /^$|\0/.test(p.password))
      throw new TaskError(`${p.name}: the password is empty or has a NUL, with which nobody can log in`);
    return p;
  },
  needs: (p): Needs<PostgresRoleNow> => ({
    role: query(p.name),
    ...(!isAbsent(p) && p.password !== undefined && { password: postgresPassword(p.name) }),
  }),
  diff: ({ role, password }, p): Difference[] => {
    const { found } = role;
    if (isAbsent(p)) return found ? [{ what: "state", before: "present", after: "absent" }] : [];
    if (!found) return [{ what: "state", before: "absent", after: "present" }];
    const groups = missing(found, p);
    return [
      ...differences(Object.fromEntries(attributeNames.map((name) => [name, [found[name], p[name]] as const]))),
      ...differences({ connectionLimit: [found.connectionLimit, p.connectionLimit] }),
      ...(groups.length === 0
        ? []
        : [{ what: "memberOf", before: found.memberOf.join(","), after: memberOfAfter(found, p).join(",") }]),
      ...(p.password === undefined || isPassword(password?.found, p.password)
        ? []
        : [{ what: "password", before: undefined, after: undefined, secret: true, desired: p.password }]),
    ];
  },
  apply: (differing, { role }, p): Step[] => {
    checkReached(role);
    const own = identifier(p.name);
    if (isAbsent(p)) return [statements(`DROP ROLE ${own}`)];
    const isChanged = (what: string): boolean => !role.found || differing.some((one) => one.what === what);
    const options = optionsOf(role.found ? p : { login: true, ...p }, isChanged);
    const all = [
      ...(role.found ? [] : [`CREATE ROLE ${own}${options}`]),
      ...(role.found && options !== "" ? [`ALTER ROLE ${own}${options}`] : []),
      ...missing(role.found, p).map((group) => `GRANT ${identifier(group)} TO ${own}`),
    ];
    return [
      ...(all.length > 0 ? [statements(...all)] : []),
      ...(p.password !== undefined && isChanged("password") ? [setPassword(p.name, p.password)] : []),
    ];
  },
  forecast: ({ role: { found } }, p) => {
    if (isAbsent(p)) return { role: {} };
    const { superuser = false, createDatabase = false, createRole = false, replication = false } = { ...found, ...p };
    const { login = true, connectionLimit = -1 } = { ...found, ...p };
    const role = { login, superuser, createDatabase, createRole, replication, connectionLimit };
    return {
      role: { found: { ...role, memberOf: memberOfAfter(found, p) } },
      ...(p.password !== undefined && { password: unknown }),
    };
  },
  requires: (p, now) => [
    serverAnswers(query(p.name)),
    ...(isAbsent(p) ? [] : missing(now?.role.found, p).map((group) => roleExists(group))),
  ],
});

const missing = (found: PostgresRole | undefined, { memberOf = [] }: PostgresRoleProps): string[] =>
  memberOf.filter((name) => !found?.memberOf.includes(name));

const memberOfAfter = (found: PostgresRole | undefined, p: PostgresRoleProps): string[] =>
  [...(found?.memberOf ?? []), ...missing(found, p)].sort();

/** The options of CREATE ROLE and ALTER ROLE. */
const optionsOf = (p: PostgresRoleProps, isChanged: (what: string) => boolean): string =>
  [
    ...attributeNames.flatMap((name) =>
      p[name] === undefined || !isChanged(name) ? [] : [` ${p[name] ? "" : "NO"}${attributes[name]}`],
    ),
    ...(p.connectionLimit === undefined || !isChanged("connectionLimit")
      ? []
      : [` CONNECTION LIMIT ${String(p.connectionLimit)}`]),
  ].join("");

/** With another salt each time. */
const setPassword = (name: string, password: string): Step => ({
  overConnection: (writer) =>
    writer.run(statements(`ALTER ROLE ${identifier(name)} PASSWORD ${literal(verifierOf(password))}`)),
  about: { role: name },
});
