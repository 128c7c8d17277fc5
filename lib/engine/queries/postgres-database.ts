import { askPostgres, readPostgres, type PostgresState } from "./postgres.ts";
import { defineQuery } from "./define.ts";

/** A database of PostgreSQL. */
export interface PostgresDatabase {
  readonly owner: string;
  readonly encoding: string;
  /** The order of texts: LC_COLLATE. */
  readonly locale: string;
}

const select = (names: string): string => `select json_build_object('name', datname, 'owner', pg_get_userbyid(datdba),
'encoding', pg_encoding_to_char(encoding), 'locale', datcollate) from pg_database where datname in (${names});`;

/** A database of the host's PostgreSQL. Volatile: any change may start the server. */
export const postgresDatabase = defineQuery<PostgresState<PostgresDatabase>>({
  kind: "postgres database",
  ask: (names) => askPostgres(select, names),
  parse: readPostgres,
  volatile: true,
});
