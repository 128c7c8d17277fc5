import type { Manifest } from "kubeplay/kubernetes";

const rbac = "rbac.authorization.k8s.io";

interface Subject {
  readonly kind: "User" | "Group";
  readonly name: string;
}
const user = (name: string): Subject => ({ kind: "User", name });
const group = (name: string): Subject => ({ kind: "Group", name });

/** Whose approval a kubelet's client certificate needs: see kubelet_csr_approval. */
export type Approval = "inventory" | "kubernetes";

/** A ClusterRole granted to a user or a group. */
interface Grant {
  readonly name: string;
  readonly role: string;
  readonly to: Subject;
}

const certificates = "system:certificates.k8s.io:certificatesigningrequests";

/** All roles except the last are Kubernetes' own; Kubernetes creates none of these bindings itself. */
const grants: readonly Grant[] = [
  { name: "kubeadm:cluster-admins", role: "cluster-admin", to: group("kubeadm:cluster-admins") },
  // A host that joins with a bootstrap token may request certificates.
  { name: "kubelet-bootstrap", role: "system:node-bootstrapper", to: group("system:bootstrappers") },
  // kube-apiserver's user at the kubelets: for logs, exec, port-forward.
  { name: "kubeplay:kubelet-api-admin", role: "system:kubelet-api-admin", to: user("kube-apiserver-kubelet-client") },
  {
    name: "kubeplay:kubelet-csr-approver",
    role: "kubeplay:kubelet-csr-approver",
    to: user("kubeplay:kubelet-csr-approver"),
  },
];

/**
 * kube-controller-manager approves client certificates of those who have these roles. It does not compare a token with the
 * node that it was made for: each token gets a certificate for any node.
 */
const automatic: readonly Grant[] = [
  { name: "kubeplay:node-client-certificates", role: `${certificates}:nodeclient`, to: group("system:bootstrappers") },
  // A node may renew its own certificate.
  { name: "kubeplay:node-client-renewal", role: `${certificates}:selfnodeclient`, to: group("system:nodes") },
];

/** May read certificate signing requests, and approve only those for certificates of kubelets. */
const approver = (approval: Approval): Manifest => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name: "kubeplay:kubelet-csr-approver" },
  rules: [
    { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests"], verbs: ["get", "list", "watch"] },
    {
      apiGroups: ["certificates.k8s.io"],
      resources: ["certificatesigningrequests/approval"],
      verbs: ["update", "patch"],
    },
    {
      apiGroups: ["certificates.k8s.io"],
      resources: ["signers"],
      resourceNames: [
        "kubernetes.io/kubelet-serving",
        ...(approval === "inventory" ? ["kubernetes.io/kube-apiserver-client-kubelet"] : []),
      ],
      verbs: ["approve"],
    },
  ],
});

const binding = ({ name, role, to }: Grant): Manifest => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [{ apiGroup: rbac, ...to }],
});

interface Bindings {
  readonly present: readonly Manifest[];
  readonly absent: readonly Manifest[];
}

export const bindingsFor = (approval: Approval): Bindings => ({
  present: [approver(approval), ...[...grants, ...(approval === "kubernetes" ? automatic : [])].map(binding)],
  absent: (approval === "kubernetes" ? [] : automatic).map(binding),
});
