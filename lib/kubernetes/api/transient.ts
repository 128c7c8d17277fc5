import { field, reasonOf, type Answer } from "./answers.ts";

/**
 * Whether an answer is a transient failure. All answers not named here are final: 400, 401, 403, 404, 405, 410, 413,
 * 422, and any other 500.
 *
 * 403 is final. A starting server may refuse a cluster-admin until it has created the RBAC rules. But kubeplay asks as
 * super-admin, a member of system:masters, which RBAC never refuses.
 */
export function passes(method: string, answer: Answer): boolean {
  const { status, body } = answer;
  const reason = reasonOf(answer);
  const isWrite = method === "PATCH" || method === "POST" || method === "PUT";
  // The server is busy, starting or stopping.
  if ([408, 429, 502, 503, 504].includes(status) || suggestsDelay(body)) return true;
  // A webhook that has not started yet. A webhook that denies answers 400 or 403.
  if (status === 500) return mentionsPassing(reason) || /failed calling webhook|conversion webhook/.test(reason);
  // A kind so new that no handler serves it. For a missing object, the body is a Status.
  if (status === 404) return isWrite && typeof body === "string";
  // Another client wrote or created the object meanwhile. For a DELETE it is final: its precondition does not hold.
  if (status === 409) return isWrite;
  // The controller has not yet counted the objects of a new ResourceQuota.
  if (status === 403) return reason.includes("status unknown for quota");
  // A truncated body: the connection was closed too early.
  return (status === 200 || status === 201) && typeof body === "string";
}

/**
 * Failures that are transient only if the set being applied creates the namespace or its ResourceQuota; otherwise a
 * person must act. The servers and controllers see a new namespace one after the other.
 */
export const passesInNewNamespace = (answer: Answer): boolean =>
  (answer.status === 403 && ofNewNamespace.test(reasonOf(answer))) ||
  (answer.status === 404 && /^(namespaces|serviceaccounts) ".*" not found$/.test(reasonOf(answer)));

const ofNewNamespace = /exceeded quota|is being terminated|service ?account ".*" not found/;

/** Whether another server of the same API may succeed: the server or its etcd is at fault, not the object. */
export const isOfServer = ({ status }: Answer): boolean => status === 408 || status === 429 || status >= 500;

/** Whether the server is overloaded: fewer concurrent requests help. */
export const isTooBusy = (answer: Answer): boolean =>
  [408, 429, 504].includes(answer.status) || (answer.status === 500 && /timed out|too many/.test(reasonOf(answer)));

const suggestsDelay = (body: unknown): boolean =>
  field(body, "reason") === "ServerTimeout" || Number(field(field(body, "details"), "retryAfterSeconds")) > 0;

/** etcd's transient errors, as the API server passes them on. A full database and a too large request are final. */
const etcdWords = [
  "etcdserver: request timed out",
  "etcdserver: leader changed",
  "etcdserver: no leader",
  "etcdserver: not leader",
  "etcdserver: too many requests",
  "etcdserver: server stopped",
  "etcdserver: unhealthy cluster",
  "code = Unavailable",
  "code = DeadlineExceeded",
  "context deadline exceeded",
  "error reading from server",
  "transport is closing",
  "client connection is closing",
  "keepalive ping failed",
];
/** Go's error messages for a server that did not answer. */
const connectionWords = [
  "connection refused",
  "connection reset",
  "connection lost",
  "no route to host",
  "i/o timeout",
  "TLS handshake timeout",
  "Client.Timeout exceeded",
  "unexpected EOF",
  ": EOF",
];
/** The messages of Go programs for the answers 429, 503 and 504. */
const answerWords = [
  "Too Many Requests",
  "too many requests",
  "currently unable to handle the request",
  "unable to return a response in the time allotted",
  "request did not complete within",
  "timed out waiting for the condition",
];

/** Whether an error message, such as that of a program that asked the API, names a transient failure. */
export const mentionsPassing = (text: string): boolean =>
  [...etcdWords, ...connectionWords, ...answerWords].some((words) => text.includes(words));

/** Node's error codes of connections that may succeed on another try. An untrusted certificate is not among them. */
export const passingCodes: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"],
  ...["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"],
]);
