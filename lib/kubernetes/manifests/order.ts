/** Objects on which others depend come first; objects that intercept API requests come last. */
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
/** All other kinds, such as those of the set's own CustomResourceDefinitions, follow the workloads that serve them. */
const others = stages.length;

/** The stage in which an object is applied, counted from 0; removal uses the reverse order. */
export function stageOf({ kind }: { readonly kind: string }): number {
  if (last.includes(kind)) return others + 1;
  const found = stages.findIndex((kinds) => kinds.includes(kind));
  return found === -1 ? others : found;
}

/** Groups by stage, in ascending order. */
export function inStages<T>(all: readonly T[], kindOf: (one: T) => { readonly kind: string }): [number, T[]][] {
  const groups = new Map<number, T[]>();
  for (const one of all) groups.set(stageOf(kindOf(one)), [...(groups.get(stageOf(kindOf(one))) ?? []), one]);
  return [...groups].sort(([a], [b]) => a - b);
}
