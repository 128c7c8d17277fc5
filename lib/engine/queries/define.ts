/** Asked of a host: one shell command answers for all keys, e.g. one `stat` for a hundred paths. */
export interface HostQuery<State> {
  readonly kind: string;
  readonly ask: (keys: readonly string[]) => string;
  /** Throws where the answer cannot be read. A key without an answer is an error of the engine. */
  readonly parse: (stdout: string, keys: readonly string[]) => ReadonlyMap<string, State>;
  /** Any change on the host may change the answer (a probe, a port): asked again after each. */
  readonly volatile?: boolean;
  /** Properties of its answers that change while nobody changes anything: the days until an end. */
  readonly passing?: readonly string[];
  /** Its keys are paths on the host; `gone` is the answer about one that is not there. */
  readonly ofPath?: { readonly gone: State };
}

/** For a query that may have to wait for its answer. */
export interface WaitOptions {
  /** Says what is waited for, in one line. */
  readonly progress: (line: string) => void;
  /** Whether the run ends: the wait ends too, with an error. */
  readonly stopping: () => boolean;
}

/** Asked on the controller: its own files, the Kubernetes API. */
export interface ControllerQuery<State> {
  readonly kind: string;
  readonly get: (keys: readonly string[], wait?: WaitOptions) => Promise<ReadonlyMap<string, State>>;
  readonly volatile?: boolean;
  /** Properties of its answers that change while nobody changes anything: the days until an end. */
  readonly passing?: readonly string[];
  readonly ofPath?: undefined;
}

export type QueryKind<State> = HostQuery<State> | ControllerQuery<State>;

export interface Query<State> {
  readonly of: QueryKind<State>;
  readonly key: string;
}

/** Gives the function that names one subject of the kind: `path("/etc/hosts")`. */
export const defineQuery =
  <State>(of: QueryKind<State>): ((key: string) => Query<State>) =>
  (key) => ({ of, key });

/** Asks the controller for one subject, now: for work under way that a table of states does not reach. */
export async function askNow<State>({ of, key }: Query<State>): Promise<State> {
  if (!("get" in of)) throw new Error(`${of.kind} ${key}: is asked of a host, not of the controller`);
  const answers = await of.get([key]);
  if (!answers.has(key)) throw new Error(`no answer to: ${of.kind} ${key}`);
  return answers.get(key) as State;
}

/** One entry of a table of states: kind and key, which no shell or file name can hold together by accident. */
export const idOf = (query: Query<unknown>): string => `${query.of.kind}\0${query.key}`;
