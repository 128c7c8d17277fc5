import { TaskError, TransientError } from "#engine/errors.ts";
/** What an API server answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Seconds for which it was asked for again, where it passes usually and did not this time. */
  readonly tried?: number;
}

export interface Content {
  readonly type: string;
  readonly body: unknown;
}

export interface AskOptions {
  /** What passes beside that which always does: see transient.ts. */
  readonly alsoPasses?: ((answer: Answer) => boolean) | undefined;
}

/** A Kubernetes API. Any status is an answer; those that pass are waited out. */
export interface Api {
  ask(method: string, path: string, content?: Content, options?: AskOptions): Promise<Answer>;
}

/** A field of something that came as JSON; undefined where there is none. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** What the server says of a failure, in its own words. */
export function reasonOf({ status, body, tried }: Answer): string {
  const message = field(body, "message");
  const said = typeof message === "string" ? message : `HTTP ${String(status)}`;
  return tried === undefined ? said : `${said} (${givenUp(tried)})`;
}

/** The error for an answer that is none of those expected: transient where it was waited out in vain. */
export const refusal = (what: string, answer: Answer): TaskError =>
  new (answer.tried === undefined ? TaskError : TransientError)(`${what}: ${reasonOf(answer)}`);

/** How an error ends after which the API was given up. */
export const givenUp = (tried: number): string =>
  `tried for ${String(Math.round(tried))} s without any success: see journalctl -u kube-apiserver -u etcd on the masters, ` +
  "and the pods of a webhook that is named. Play again to go on from here; where all is only slow, raise kube_api_patience";
