import { defineResource, TaskError, waitUntil } from "kubeplay";
import { useApi, type Api, type ApiAccess } from "kubeplay/kubernetes";
import { nodeState, readNode, type NodeState } from "#kubernetes/drain/node-state.ts";

export interface PodsBackProps extends ApiAccess {
  readonly node: string;
  /** Seconds. */
  readonly timeout: number;
}

/** What a node lacks to be in service: "the node is not Ready, pod kube-system/dns-x2 is not Ready"; else undefined. */
function missing(node: NodeState): string | undefined {
  if (node.type !== "present") return undefined;
  const pods = node.pods.filter(({ kind, ready }) => kind === "daemon" && !ready);
  const all = [...(node.ready ? [] : ["the node is not Ready"]), ...pods.map(({ name }) => `pod ${name} is not Ready`)];
  return all.length > 0 ? all.join(", ") : undefined;
}

const every = 1000;

/** Waits until a node is Ready, and every pod of a DaemonSet on it. Never a change. */
export const podsBack = defineResource({
  kind: "pods back",
  label: ({ node }: PodsBackProps) => node,
  needs: (p) => ({ node: nodeState(p) }),
  diff: ({ node }) =>
    node.type !== "unreachable" && missing(node) === undefined
      ? []
      : [{ what: "in service", before: false, after: true }],
  apply: (_found, _now, p) => [
    {
      onController: async (progress, stopping) => {
        const wait = { progress, stopping };
        const look = (api: Api) => async () => missing(await readNode(api, p.node));
        const left = await useApi(p, wait, (api) => waitUntil(look(api), { within: p.timeout, every, quiet: 0 }, wait));
        if (left !== undefined)
          throw new TaskError(
            `${p.node} is not back in service after ${String(p.timeout)} s: ${left}. See npm run kubectl -- describe; if it is only slow, raise component_patience`,
          );
      },
    },
  ],
  forecast: ({ node }): { node: NodeState } => ({
    node:
      node.type === "present"
        ? { ...node, ready: true, pods: node.pods.map((pod) => ({ ...pod, ready: true })) }
        : { type: "absent" },
  }),
  waits: true,
});
