import type { Query } from "#engine/queries/define.ts";
import { refusal, type Api } from "../api/answers.ts";
import { apiQuery } from "../api/api-query.ts";
import type { ApiAccess, Unreachable } from "../api/kubernetes-api.ts";
import { isReady, nodePod, type Conditions, type ListedPod, type NodePod } from "./pods.ts";

export type NodeState =
  | Unreachable
  | { readonly type: "absent" }
  | {
      readonly type: "present";
      /** Whether its kubelet has reported lately that it can run pods. */
      readonly ready: boolean;
      readonly unschedulable: boolean;
      readonly pods: readonly NodePod[];
    };

interface Asked extends ApiAccess {
  readonly node: string;
}

interface ReadNode {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: Conditions;
}

export const nodePath = (node: string): string => `/api/v1/nodes/${encodeURIComponent(node)}`;

export async function podsOn(api: Api, node: string): Promise<readonly NodePod[]> {
  const answer = await api.ask("GET", `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`);
  if (answer.status !== 200) throw refusal(`the pods of ${node} cannot be listed`, answer);
  return (answer.body as { readonly items: readonly ListedPod[] }).items.map(nodePod);
}

/** What `nodeState` answers, asked over an API that is reached. */
export async function readNode(api: Api, node: string): Promise<Exclude<NodeState, Unreachable>> {
  const answer = await api.ask("GET", nodePath(node));
  if (answer.status === 404) return { type: "absent" };
  if (answer.status !== 200) throw refusal(`the node ${node} cannot be read`, answer);
  const { spec, status } = answer.body as ReadNode;
  return {
    type: "present",
    ready: isReady(status),
    unschedulable: spec?.unschedulable ?? false,
    pods: await podsOn(api, node),
  };
}

const of = apiQuery<string, NodeState>("node", readNode);

/** A node of a cluster, and the pods on it. */
export const nodeState = ({ node, ...access }: Asked): Query<NodeState> => of(access, node);
