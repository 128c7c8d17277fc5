import { TaskError } from "#engine/errors.ts";
import type { WaitOptions } from "#engine/queries/define.ts";
import { sleepUnless } from "#engine/tasks/sleep-unless.ts";
import { field, reasonOf, type Answer, type Api } from "../api/answers.ts";
import { podsOn } from "./node-state.ts";
import { podsToEvict, type NodePod } from "./pods.ts";

/** Milliseconds between two looks at the pods, and between two tries to evict a pod. */
const pause = 2000;

/** Whether a PodDisruptionBudget forbids the eviction now. A server that is too busy answers 429 as well. */
export function forbidsBudget({ status, body }: Answer): boolean {
  const causes = field(field(body, "details"), "causes");
  return (
    status === 429 && Array.isArray(causes) && causes.some((cause) => field(cause, "reason") === "DisruptionBudget")
  );
}

/** The words of the budget that forbids it: the answer's own message does not name it. */
function whyBlocked(answer: Answer): string {
  const causes = field(field(answer.body, "details"), "causes");
  const words = (Array.isArray(causes) ? causes : []).map((cause: unknown) => field(cause, "message"));
  const said = words.filter((word) => typeof word === "string");
  return forbidsBudget(answer) && said.length > 0 ? said.join("; ") : reasonOf(answer);
}

/** A conflict means that it is another pod of the same name by now. */
const isGone = ({ status }: Answer): boolean => status === 404 || status === 409;

/** Resolves to undefined if the pod is leaving or gone, else to what blocks it. */
async function evict(api: Api, { name: fullName, uid }: NodePod): Promise<string | undefined> {
  const [namespace = "", name = ""] = fullName.split("/");
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`;
  const body = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { namespace, name },
    deleteOptions: { preconditions: { uid } },
  };
  const neverPasses = (answer: Answer): boolean => isGone(answer) || forbidsBudget(answer);
  const answer = await api.ask("POST", path, { type: "application/json", body }, { neverPasses });
  if (answer.status === 200 || answer.status === 201 || isGone(answer)) return undefined;
  return `${fullName}: ${whyBlocked(answer)}`;
}

export interface EvictionOptions extends WaitOptions {
  /** Seconds in which no pod leaves the node, after which the drain fails. */
  readonly timeout: number;
  /** Milliseconds between two rounds; 2000 by default. */
  readonly every?: number;
}

/**
 * Evicts the pods of a node until none is left, other than those of DaemonSets and static pods. An eviction that a
 * PodDisruptionBudget forbids is tried again. Throws TaskError with what blocks if no pod has left for `timeout`.
 */
export async function evictAll(
  api: Api,
  node: string,
  { timeout, every = pause, progress, stopping }: EvictionOptions,
): Promise<void> {
  let fewest = Infinity;
  for (let end = Date.now() + timeout * 1000; ;) {
    const left = podsToEvict(await podsOn(api, node));
    if (left.length === 0) return;
    const asked = await Promise.all(left.filter(({ leaving }) => !leaving).map((pod) => evict(api, pod)));
    const said = describe(left, asked.filter((reason) => reason !== undefined).sort());
    if (left.length < fewest) {
      fewest = left.length;
      end = Date.now() + timeout * 1000;
    }
    if (Date.now() > end) throw new TaskError(tooLong(node, timeout, said));
    progress(said);
    if (!(await sleepUnless(stopping, every)))
      throw new TaskError(`the run was stopped while ${node} was drained. It stays cordoned; ${said}`);
  }
}

/** Names what blocks; pods that only take their time to end are counted. */
function describe(left: readonly NodePod[], blocked: readonly string[]): string {
  const ending = left.filter(({ name }) => !blocked.some((one) => one.startsWith(`${name}: `)));
  const names = ending.map(({ name }) => name).join(", ");
  return [
    ...(ending.length > 0 ? [`${String(ending.length)} pods are ending: ${names}`] : []),
    ...(blocked.length > 0 ? [`${String(blocked.length)} are blocked: ${blocked.join("; ")}`] : []),
  ].join("; ");
}

const tooLong = (node: string, timeout: number, said: string): string =>
  `no pod has left ${node} for ${String(timeout)} s. ${said}. The node stays cordoned, and what was evicted stays so. ` +
  `Give the blocking pods room (more replicas, another budget) and run again, or raise drain_timeout. To give up: npm run kubectl -- uncordon ${node}`;
