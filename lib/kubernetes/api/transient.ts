import { field, reasonOf, type Answer } from "./answers.ts";

/**
 * Whether an answer may be another one a moment later. Everything that is not named here is final: 400, 401, 403, 404,
 * 405, 410, 413, 422, and any other 500.
 *
 * 403 is final though a server that is not ready yet may refuse a cluster-admin, because its start has still to create
 * the RBAC rules: kubeplay asks as super-admin, of system:masters, whom no server refuses by RBAC.
 */
export function passes(method: string, answer: Answer): boolean {
  const { status, body } = answer;
  const reason = reasonOf(answer);
  const isWrite = method === "PATCH" || method === "POST" || method === "PUT";
  // The server is busy, starts or stops.
  if ([408, 429, 502, 503, 504].includes(status) || suggestsDelay(body)) return true;
  // A webhook that has yet to start. One that denies answers 400 or 403.
  if (status === 500) return mentionsPassing(reason) || /failed calling webhook|conversion webhook/.test(reason);
  // A kind so new that no handler serves it: an object that is missing is told by a Status.
  if (status === 404) return isWrite && typeof body === "string";
  // Somebody else wrote or created the object meanwhile. To a DELETE it is final: its precondition does not hold.
  if (status === 409) return isWrite;
  // The controller has yet to count what a new ResourceQuota covers.
  if (status === 403) return reason.includes("status unknown for quota");
  // Half a body: the connection was closed in the middle.
  return (status === 200 || status === 201) && typeof body === "string";
}

/**
 * What passes only while the set that is being applied makes the namespace or its ResourceQuota itself; elsewhere a
 * person has to act. The servers and controllers learn of a new namespace one after the other.
 */
export const passesInNewNamespace = (answer: Answer): boolean =>
  (answer.status === 403 && ofNewNamespace.test(reasonOf(answer))) ||
  (answer.status === 404 && /^(namespaces|serviceaccounts) ".*" not found$/.test(reasonOf(answer)));

const ofNewNamespace = /exceeded quota|is being terminated|service ?account ".*" not found/;

/** Whether another server of the same API may answer better: what etcd or the server itself lacks, not the object. */
export const isOfServer = ({ status }: Answer): boolean => status === 408 || status === 429 || status >= 500;

/** Whether the server had too much to do: fewer requests at the same time help. */
export const isTooBusy = (answer: Answer): boolean =>
  [408, 429, 504].includes(answer.status) || (answer.status === 500 && /timed out|too many/.test(reasonOf(answer)));

const suggestsDelay = (body: unknown): boolean =>
  field(body, "reason") === "ServerTimeout" || Number(field(field(body, "details"), "retryAfterSeconds")) > 0;

/** etcd's errors as the API server passes them on. A full database or a request that is too large is none of them. */
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
/** How programs written in Go say that a server did not answer. */
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
/** How they repeat in words what the server answered: 429, 503, 504. */
const answerWords = [
  "Too Many Requests",
  "too many requests",
  "currently unable to handle the request",
  "unable to return a response in the time allotted",
  "request did not complete within",
  "timed out waiting for the condition",
];

/** Whether an error in words, such as that of a program that asked the API, may be gone a moment later. */
export const mentionsPassing = (text: string): boolean =>
  [...etcdWords, ...connectionWords, ...answerWords].some((words) => text.includes(words));

/** Codes of Node for a connection that another try may bring about. A certificate that is not trusted is none of them. */
export const passingCodes: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"],
  ...["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"],
]);
