import { TaskError } from "../../errors.ts";
import { psql, type PostgresState } from "../../queries/postgres.ts";
import { postgresRole } from "../../queries/postgres-role.ts";
import type { Query } from "../../queries/define.ts";
import { requirement, type Requirement } from "../../tasks/resource.ts";

const problemOf = ({ unreachable }: PostgresState<unknown>): string | undefined =>
  unreachable === undefined ? undefined : `PostgreSQL cannot be asked: ${unreachable}`;

const remedy = 'start the server before it, and do the task as the database\'s superuser: .become("postgres")';

/** A change needs a server. */
export const serverAnswers = <Found>(query: Query<PostgresState<Found>>): Requirement =>
  requirement(query, problemOf, remedy);

/** A change needs another role. */
export const roleExists = (name: string): Requirement =>
  requirement(
    postgresRole(name),
    ({ unreachable, found }) => (unreachable === undefined && !found ? `there is no role ${name}` : undefined),
    "add a postgresRole task before it",
  );

/** Fails with TaskError where nobody answered: the statement would only fail with less to say. */
export function checkReached(state: PostgresState<unknown>): void {
  const problem = problemOf(state);
  if (problem !== undefined) throw new TaskError(`${problem}: ${remedy}`);
}

/** One statement for each. */
export const statements = (...all: readonly string[]): string => psql(all.map((one) => `${one};`).join("\n"));
