import { TaskError } from "../errors.ts";

/** A query to a host: one shell command answers for all keys, e.g. one `stat` for a hundred paths. */
export interface HostQuery<State> {
  /** Names the query in messages; unique. */
  readonly kind: string;
  /** The shell command. It must not change anything. */
  readonly ask: (keys: readonly string[]) => string;
  /**
   * Parses the command's output. Throws if it cannot be parsed. It must answer every key, or the task fails. An answer
   * that is an error fails the task that needs it.
   */
  readonly parse: (stdout: string, keys: readonly string[]) => ReadonlyMap<string, State | TaskError>;
  /** Any change on the host may change the answer (a probe, a port): it is asked again after each. */
  readonly volatile?: boolean;
  /**
   * Its keys are shell commands of a role's author, which may have effects: they are run only once the task is reached,
   * never ahead of it.
   */
  readonly runsCommands?: boolean;
  /**
   * Properties of its answers that change with time alone, such as the days until an end. A plan does not compare them.
   */
  readonly passing?: readonly string[];
  /** Its keys are paths on the host; `gone` is the answer for a missing path. */
  readonly ofPath?: { readonly gone: State };
}

/** What a query receives that may have to wait for its answer. */
export interface WaitOptions {
  /** Reports, in one line, what the query waits for. */
  readonly progress: (line: string) => void;
  /** Whether the run is stopping: the wait must then end with an error. */
  readonly stopping: () => boolean;
  /** Seconds after which the host's answer counts as hung. */
  readonly timeout?: number | undefined;
}

/** A query that the controller answers: from its own files or the Kubernetes API. */
export interface ControllerQuery<State> {
  /** Names the query in messages; unique. */
  readonly kind: string;
  /** Resolves to the answers for all keys. It must answer every key, or the task fails. */
  readonly get: (keys: readonly string[], wait?: WaitOptions) => Promise<ReadonlyMap<string, State>>;
  /** Any change on the host may change the answer: it is asked again after each. */
  readonly volatile?: boolean;
  /**
   * Properties of its answers that change with time alone, such as the days until an end. A plan does not compare them.
   */
  readonly passing?: readonly string[];
  readonly ofPath?: undefined;
  readonly runsCommands?: undefined;
}

export type QueryKind<State> = HostQuery<State> | ControllerQuery<State>;

export const isHostQuery = <State>(kind: QueryKind<State>): kind is HostQuery<State> => "ask" in kind;

/** A question about one subject: the kind of query and the subject's key, e.g. a path. */
export interface Query<State> {
  readonly of: QueryKind<State>;
  readonly key: string;
}

/**
 * Returns the function that makes a query for one key: `path("/etc/hosts")`; it throws TaskError for what is no string. All queries of one kind that are known
 * beforehand are asked by one command.
 *
 * @example
 * const timezone = defineQuery<string>({
 *   kind: "timezone",
 *   ask: () => "timedatectl show --property=Timezone --value",
 *   parse: (stdout, keys) => new Map(keys.map((key) => [key, stdout.trim()])),
 * });
 */
export const defineQuery =
  <State>(of: QueryKind<State>): ((key: string) => Query<State>) =>
  (key) => {
    if (typeof (key as unknown) !== "string")
      throw new TaskError(`${of.kind}: the query has no subject, expected a string`);
    return { of, key };
  };

/**
 * Asks the controller for one key now, for work in progress that has no table of states. Rejects with the query's
 * error.
 */
export async function askNow<State>({ of, key }: Query<State>): Promise<State> {
  if (!("get" in of)) throw new Error(`${of.kind} ${key}: only a host can answer this query, not the controller`);
  const answers = await of.get([key]);
  if (!answers.has(key)) throw new Error(`no answer to: ${of.kind} ${key}`);
  return answers.get(key) as State;
}

/** The id of an entry in a table of states: kind and key, separated by NUL, which no shell or file name can contain. */
export const idOf = (query: Query<unknown>): string => `${query.of.kind}\0${query.key}`;
