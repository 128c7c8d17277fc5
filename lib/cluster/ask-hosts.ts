import pLimit from "p-limit";
import type { Host } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import { TaskError } from "#engine/errors.ts";
import type { Facts } from "#engine/facts/types.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import type { Query } from "#engine/queries/define.ts";
import { LiveHosts } from "#engine/runner/state/live-hosts.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";

/** The answers of a host by the names of their queries, or the reason why it gave none. */
export type AskedHost<S> =
  | { readonly host: Host; readonly facts: Facts; readonly answers: Answers<S> }
  | { readonly host: Host; readonly unreachable: string };

/** An answer that could not be read is the error. */
export type Answers<S> = { readonly [K in keyof S]: S[K] | TaskError };

/** The queries of a host, by the names of their answers. */
export type Questions<S> = { readonly [K in keyof S]: Query<S[K]> };

/** Hosts that are asked at once. */
const forks = 50;

/**
 * Reads many hosts at once, for the programs beside `play`: one connection, the facts and one script with all queries
 * for each host. Nothing is changed. A host that cannot be reached is part of the answer.
 */
export async function askHosts<S extends object>(
  inventory: LoadedInventory,
  hosts: readonly Host[],
  questionsFor: (host: Host) => Questions<S>,
): Promise<readonly AskedHost<S>[]> {
  const live = new LiveHosts(connect, forks);
  const slots = pLimit(forks);
  try {
    return await Promise.all(hosts.map((host) => slots(() => askOne(inventory, live, host, questionsFor(host)))));
  } finally {
    await live.close();
  }
}

async function askOne<S extends object>(
  inventory: LoadedInventory,
  live: LiveHosts,
  host: Host,
  questions: Questions<S>,
): Promise<AskedHost<S>> {
  try {
    const { writer, facts } = await live.reach(inventory.target(host.name));
    const states = new States(writer, new Overlay(), new Overlay());
    const named = Object.entries(questions as Readonly<Record<string, Query<unknown>>>);
    const failure = await states
      .ask(named.map(([, query]) => query))
      .then(() => undefined)
      .catch(asTaskError);
    const answers = named.map(([name, query]) => [name, answerOf(states, query, failure)] as const);
    return { host, facts, answers: Object.fromEntries(answers) as Answers<S> };
  } catch (error) {
    if (error instanceof Error) return { host, unreachable: error.message };
    throw error;
  }
}

function answerOf(states: States, query: Query<unknown>, failure: TaskError | undefined): unknown {
  try {
    return states.has(query) ? states.get(query) : (failure ?? new TaskError("no answer"));
  } catch (error) {
    return asTaskError(error);
  }
}

function asTaskError(error: unknown): TaskError {
  if (error instanceof TaskError) return error;
  return new TaskError(error instanceof Error ? error.message : String(error), { cause: error });
}
