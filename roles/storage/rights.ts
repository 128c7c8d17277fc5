import type { Manifest } from "kubeplay/kubernetes";

const rbac = "rbac.authorization.k8s.io";

interface Account {
  readonly name: string;
  readonly namespace: string;
}

const read = ["get", "list", "watch"];

/** Without upstream's rights to read all pods and ConfigMaps of the cluster. */
const ofCluster = [
  { apiGroups: [""], resources: ["nodes", "persistentvolumeclaims"], verbs: read },
  { apiGroups: [""], resources: ["persistentvolumes"], verbs: [...read, "create", "patch", "update", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: read },
];
/** For the pods that make and remove folders. */
const ofNamespace = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "create", "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

/** The rights of the provisioner. */
export function rights({ name, namespace }: Account): readonly Manifest[] {
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const clusterRole = `kubeplay:${name}`;
  return [
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: clusterRole }, rules: ofCluster },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: clusterRole },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterRole },
      subjects,
    },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name, namespace }, rules: ofNamespace },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects,
    },
  ];
}
