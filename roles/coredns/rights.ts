const rbac = "rbac.authorization.k8s.io";

/** CoreDNS reads Services, their endpoints, pods and namespaces. */
export const rights = (name: string, namespace: string) => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: `system:${name}` },
    rules: [
      { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `system:${name}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `system:${name}` },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  },
];
