import { TaskError, TransientError } from "#engine/errors.ts";

/** An API server's answer: the HTTP status and the parsed body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Seconds of retries after which a transient failure had not passed; absent for all other answers. */
  readonly tried?: number;
}

export interface Content {
  readonly type: string;
  readonly body: unknown;
}

export interface AskOptions {
  /** Failures to retry in addition to those in transient.ts. */
  readonly alsoPasses?: ((answer: Answer) => boolean) | undefined;
  /** Failures that the caller handles itself: they are returned at once, also those in transient.ts. */
  readonly neverPasses?: ((answer: Answer) => boolean) | undefined;
}

/**
 * A Kubernetes API, asked as one user. `ask` retries transient failures and resolves with all other answers, whatever
 * their status.
 *
 * @example
 * const { status, body } = await api.ask("GET", "/api/v1/nodes");
 */
export interface Api {
  /** Sends one request. Rejects if no API server answers in time. */
  ask(method: string, path: string, content?: Content, options?: AskOptions): Promise<Answer>;
}

/** A field of a parsed JSON value; undefined if absent. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** The server's own message for a failure. */
export function reasonOf({ status, body, tried }: Answer): string {
  const message = field(body, "message");
  const said = typeof message === "string" ? message : `HTTP ${String(status)}`;
  return tried === undefined ? said : `${said} (${givenUp(tried)})`;
}

/**
 * Creates the error for an unexpected answer: "<what>: <the server's message>". It is a TransientError if the answer is
 * a transient failure that did not pass in time.
 *
 * @example
 * if (answer.status !== 200) throw refusal("the nodes cannot be listed", answer);
 */
export const refusal = (what: string, answer: Answer): TaskError =>
  new (answer.tried === undefined ? TaskError : TransientError)(`${what}: ${reasonOf(answer)}`);

/** The end of an error message after retries have ended; `tried` in seconds. */
export const givenUp = (tried: number): string =>
  `tried for ${String(Math.round(tried))} s without success: see journalctl -u kube-apiserver -u etcd on the masters, ` +
  "and the pods of any webhook named here. Run again to continue; if the cluster is only slow, raise kube_api_patience";
