import { TaskError } from "#engine/errors.ts";
import type { Difference } from "#engine/tasks/resource.ts";
import { prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";
import { accessRules, useApi, type ApiAccess } from "../api/kubernetes-api.ts";
import { unreachable } from "../manifests/unreachable.ts";
import { setUnschedulable, unschedulableDifference } from "./cordon.ts";
import { evictAll } from "./evict.ts";
import { nodeState, type NodeState } from "./node-state.ts";
import { podsToEvict, refusedPods, type Losses } from "./pods.ts";

/** Props of `drain`: a node, and the API that has it. */
export interface DrainProps extends ApiAccess, Losses {
  readonly node: string;
  /** Seconds in which no pod leaves the node, after which the drain fails; 600 by default. */
  readonly timeout?: number;
}

const usualTimeout = 600;

/** Throws TaskError if pods would be lost. */
export function checkLosses(
  { pods }: Extract<NodeState, { type: "present" }>,
  p: Losses & Pick<DrainProps, "node">,
): void {
  const { bare, withData } = refusedPods(pods, p);
  const problems = [
    ...(bare.length > 0
      ? [
          `no controller would start these pods again on another node: ${bare.join(", ")}. Delete them, or lose them with -e drain_bare_pods=true`,
        ]
      : []),
    ...(withData.length > 0
      ? [
          `the data in the emptyDir volumes of these pods would be lost: ${withData.join(", ")}. If it may be, set -e drain_empty_dir_data=true`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new TaskError(`${p.node} is not drained: ${problems.join("\n  ")}`);
}

/**
 * Empties a node as `kubectl drain` does: cordons it, and evicts its pods by the Eviction API, which respects
 * PodDisruptionBudgets. Pods of DaemonSets and static pods stay. It refuses pods that would be lost, before it changes
 * anything, unless the properties allow the loss. It leaves a node that does not exist.
 *
 * @example
 * drain("Drain worker-3", { kubeconfig, node: "worker-3", emptyDirData: true, timeout: 300 });
 */
export const drain = defineResource({
  kind: "drain",
  props: {
    ...accessRules,
    node: prop.text,
    barePods: prop.optional(prop.flag),
    emptyDirData: prop.optional(prop.flag),
    timeout: prop.optional(prop.number),
  },
  label: ({ node }: DrainProps) => node,
  needs: (p) => ({ node: nodeState(p) }),
  diff: ({ node }, p): Difference[] => {
    if (node.type === "unreachable") throw unreachable(node);
    if (node.type === "absent") return [];
    checkLosses(node, p);
    const leave = podsToEvict(node.pods).map(({ name }) => name);
    return [
      ...unschedulableDifference(node, true),
      ...(leave.length > 0 ? [{ what: "pods", before: leave.sort().join(", "), after: "evicted" }] : []),
    ];
  },
  apply: (_found, _now, p) => [
    {
      onController: (progress, stopping) => {
        const wait = { progress, stopping };
        return useApi(p, wait, async (api) => {
          await setUnschedulable(api, p.node, true);
          await evictAll(api, p.node, { ...wait, timeout: p.timeout ?? usualTimeout });
        });
      },
    },
  ],
  forecast: ({ node }): { node: NodeState } => ({
    node:
      node.type === "present"
        ? { ...node, unschedulable: true, pods: node.pods.filter((pod) => !podsToEvict([pod]).includes(pod)) }
        : node,
  }),
});
