import { setLabel } from "#kubernetes/manifests/applied-set.ts";

/** The part of an object in a list of the API that shows whether it is complete. */
export interface Listed {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

const ofSets = `?labelSelector=${setLabel}`;

/** API paths of the objects that must be complete: the nodes, and the objects of sets. */
export const lists = {
  nodes: "/api/v1/nodes",
  deployments: `/apis/apps/v1/deployments${ofSets}`,
  statefulSets: `/apis/apps/v1/statefulsets${ofSets}`,
  daemonSets: `/apis/apps/v1/daemonsets${ofSets}`,
  services: `/apis/apiregistration.k8s.io/v1/apiservices${ofSets}`,
  // Their operator creates StatefulSets for them a while later.
  prometheuses: `/apis/monitoring.coreos.com/v1/prometheuses${ofSets}`,
  alertmanagers: `/apis/monitoring.coreos.com/v1/alertmanagers${ofSets}`,
};
export type Lists = Readonly<Record<keyof typeof lists, readonly Listed[]>>;

const nothing = Object.fromEntries(Object.keys(lists).map((name) => [name, []])) as unknown as Lists;

/** A condition with an observedGeneration may be of an older generation than the object. */
const is = (condition: string, { metadata, status }: Listed): boolean =>
  status?.conditions?.some(
    ({ type, status, observedGeneration = Infinity }) =>
      type === condition && status === "True" && observedGeneration >= (metadata.generation ?? 0),
  ) ?? false;

/** Whether its controller has seen the current generation. */
const observed = ({ metadata, status }: Listed): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

/** Whether all pods are up to date and available, and no old pod is left. */
const replicated = (one: Listed): boolean => {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = one.status ?? {};
  const wanted = one.spec?.replicas ?? 1;
  return observed(one) && updatedReplicas >= wanted && availableReplicas >= wanted && replicas <= wanted;
};

const onAllNodes = (one: Listed): boolean => {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = one.status ?? {};
  return observed(one) && updatedNumberScheduled >= desiredNumberScheduled && numberAvailable >= desiredNumberScheduled;
};

/** Names everything that is not ready yet. Omitted lists count as empty. */
export function unfinished(lists: Partial<Lists>, nodes: readonly string[]): readonly string[] {
  const found = { ...nothing, ...lists };
  const ready = new Set(found.nodes.filter((node) => is("Ready", node)).map(({ metadata }) => metadata.name));
  const open = (kind: string, all: readonly Listed[], complete: (one: Listed) => boolean): string[] =>
    all
      .filter((one) => !complete(one))
      .map(({ metadata }) => [kind, [metadata.namespace, metadata.name].filter(Boolean).join("/")].join(" "));
  const available = (one: Listed): boolean => is("Available", one);
  return [
    ...nodes.filter((name) => !ready.has(name)).map((name) => `node ${name}`),
    ...open("daemon set", found.daemonSets, onAllNodes),
    ...open("deployment", found.deployments, replicated),
    ...open("stateful set", found.statefulSets, replicated),
    ...open("Prometheus", found.prometheuses, available),
    ...open("Alertmanager", found.alertmanagers, available),
    ...open("API service", found.services, available),
  ];
}
