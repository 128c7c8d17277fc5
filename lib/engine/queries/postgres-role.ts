import { askPostgres, readPostgres, type PostgresState } from "./postgres.ts";
import { defineQuery } from "./define.ts";

/** A role of PostgreSQL. */
export interface PostgresRole {
  readonly login: boolean;
  readonly superuser: boolean;
  readonly createDatabase: boolean;
  readonly createRole: boolean;
  readonly replication: boolean;
  /** -1 is no limit. */
  readonly connectionLimit: number;
  /** The roles that it is a member of, sorted. */
  readonly memberOf: readonly string[];
}

const select = (names: string): string => `select json_build_object('name', rolname, 'login', rolcanlogin,
'superuser', rolsuper, 'createDatabase', rolcreatedb, 'createRole', rolcreaterole, 'replication', rolreplication,
'connectionLimit', rolconnlimit, 'memberOf', coalesce((select json_agg(g.rolname order by g.rolname collate "C")
from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid), '[]'))
from pg_roles r where rolname in (${names});`;

/** A role of the host's PostgreSQL. Volatile: any change may start the server. */
export const postgresRole = defineQuery<PostgresState<PostgresRole>>({
  kind: "postgres role",
  ask: (names) => askPostgres(select, names),
  parse: readPostgres,
  volatile: true,
});
