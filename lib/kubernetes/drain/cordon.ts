import { prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";
import type { Difference } from "#engine/tasks/resource.ts";
import { refusal, type Api } from "../api/answers.ts";
import { accessRules, useApi, type ApiAccess } from "../api/kubernetes-api.ts";
import { unreachable } from "../manifests/unreachable.ts";
import { nodePath, nodeState, type NodeState } from "./node-state.ts";

/** Props of `cordon`: a node, and the API that has it. */
export interface CordonProps extends ApiAccess {
  readonly node: string;
  /** "cordoned" by default: no new pods are scheduled on the node. */
  readonly state?: "cordoned" | "schedulable";
}

const desired = ({ state }: CordonProps): boolean => state !== "schedulable";

/** The difference of a node that exists and is not (un)schedulable as desired. */
export const unschedulableDifference = (now: NodeState, after: boolean): Difference[] =>
  now.type === "present" && now.unschedulable !== after
    ? [{ what: "unschedulable", before: now.unschedulable, after }]
    : [];

/** Makes a node unschedulable, or schedulable again. A missing node is no error. */
export async function setUnschedulable(api: Api, node: string, unschedulable: boolean): Promise<void> {
  const content = { type: "application/merge-patch+json", body: { spec: { unschedulable } } };
  const answer = await api.ask("PATCH", nodePath(node), content);
  if (answer.status === 200 || answer.status === 404) return;
  throw refusal(`the node ${node} cannot be ${unschedulable ? "cordoned" : "uncordoned"}`, answer);
}

/**
 * Whether new pods are scheduled on a node, as `kubectl cordon` and `kubectl uncordon` set it. It leaves a node that
 * does not exist.
 *
 * @example
 * cordon("Take worker-3 back into service", { kubeconfig, node: "worker-3", state: "schedulable" });
 */
export const cordon = defineResource({
  kind: "cordon",
  props: { ...accessRules, node: prop.text, state: prop.optional(prop.oneOf("cordoned", "schedulable")) },
  label: ({ node }: CordonProps) => node,
  needs: (p) => ({ node: nodeState(p) }),
  diff: ({ node }, p) => {
    if (node.type === "unreachable") throw unreachable(node);
    return unschedulableDifference(node, desired(p));
  },
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) =>
        useApi(p, { progress, stopping }, (api) => setUnschedulable(api, p.node, desired(p))),
    },
  ],
  forecast: ({ node }, p): { node: NodeState } => ({
    node: node.type === "present" ? { ...node, unschedulable: desired(p) } : node,
  }),
});
