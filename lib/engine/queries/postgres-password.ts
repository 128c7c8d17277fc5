import { askPostgres, readPostgres, type PostgresState } from "./postgres.ts";
import { defineQuery } from "./define.ts";

/** How the password of a role is kept. What it is kept as never leaves the host: its digest is enough to compare it. */
export interface PostgresPassword {
  /** Iterations and salt of SCRAM-SHA-256, "4096:c2FsdA=="; empty for an older form, and without a password. */
  readonly parameters: string;
  /** The SHA-256 of all of it, in lower-case hex; empty without a password. */
  readonly digest: string;
}

const select = (names: string): string => `select json_build_object('name', rolname,
'parameters', case when rolpassword like 'SCRAM-SHA-256$%' then split_part(rolpassword, '$', 2) else '' end,
'digest', coalesce(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), ''))
from pg_authid where rolname in (${names});`;

/** The password of a role of the host's PostgreSQL. Only a superuser of the database can ask. */
export const postgresPassword = defineQuery<PostgresState<PostgresPassword>>({
  kind: "postgres password",
  ask: (names) => askPostgres(select, names),
  parse: readPostgres,
  volatile: true,
});
