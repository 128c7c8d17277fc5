/** What others of a set stand on comes first; what steps in between the API and everybody comes last. */
const stages: readonly (readonly string[])[] = [
  ["Namespace"],
  ["CustomResourceDefinition"],
  [
    ...["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "PriorityClass", "StorageClass"],
    ...["PersistentVolume", "PersistentVolumeClaim", "ConfigMap", "Secret", "Service", "NetworkPolicy"],
    ...["ResourceQuota", "LimitRange", "RuntimeClass", "IngressClass"],
  ],
  ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Pod", "Job", "CronJob", "PodDisruptionBudget"],
];
const last = ["APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
export const definitions = 1;
export const workloads = 3;
/** Kinds that are not named above, such as those of the set's own CustomResourceDefinitions, follow what serves them. */
const others = stages.length;

/** When an object is applied, counted from 0; removal goes the other way. */
export function stageOf({ kind }: { readonly kind: string }): number {
  if (last.includes(kind)) return others + 1;
  const found = stages.findIndex((kinds) => kinds.includes(kind));
  return found === -1 ? others : found;
}

/** Groups of the same stage, the first stage first. */
export function inStages<T>(all: readonly T[], kindOf: (one: T) => { readonly kind: string }): [number, T[]][] {
  const groups = new Map<number, T[]>();
  for (const one of all) groups.set(stageOf(kindOf(one)), [...(groups.get(stageOf(kindOf(one))) ?? []), one]);
  return [...groups].sort(([a], [b]) => a - b);
}
