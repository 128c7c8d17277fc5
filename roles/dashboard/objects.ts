import type { Manifest } from "kubeplay/kubernetes";
import { spread } from "#cluster/spread.ts";

const rbac = "rbac.authorization.k8s.io";
export const namespace = "dashboard";
const name = "headlamp";
const labels = { "app.kubernetes.io/name": name };
const port = 4466;

export interface Options {
  readonly image: string;
  readonly replicas: number;
  /** Whether there is an account with all rights. */
  readonly admin: boolean;
}

/** The accounts with whose tokens people sign in, and their ClusterRoles. */
const usersOf = ({ admin }: Options): Readonly<Record<string, readonly string[]>> => ({
  "dashboard-viewer": ["view", "kubeplay:dashboard-viewer"],
  ...(admin && { "dashboard-admin": ["cluster-admin"] }),
});

/** Rights that an overview needs and the role "view" lacks; neither includes Secrets. */
const viewer: Manifest = {
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name: "kubeplay:dashboard-viewer" },
  rules: [
    { apiGroups: [""], resources: ["nodes", "namespaces", "persistentvolumes"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
    {
      apiGroups: ["apiextensions.k8s.io"],
      resources: ["customresourcedefinitions"],
      verbs: ["get", "list", "watch"],
    },
    { apiGroups: ["metrics.k8s.io"], resources: ["nodes", "pods"], verbs: ["get", "list"] },
  ],
};

const account = (name: string, more: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace },
  ...more,
});

const binding = (user: string, role: string): Manifest => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name: `kubeplay:${user}:${role.replace("kubeplay:", "")}` },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [{ kind: "ServiceAccount", name: user, namespace }],
});

const deployment = ({ image, replicas }: Options): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace, labels },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        ...(replicas > 1 && spread(labels, { rollout: true })),
        containers: [
          {
            name,
            image,
            args: ["-in-cluster", "-plugins-dir=/headlamp/plugins"],
            ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
            readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 5, timeoutSeconds: 5 },
            livenessProbe: { httpGet: { path: "/", port: "http" }, initialDelaySeconds: 30, timeoutSeconds: 30 },
            resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
              runAsNonRoot: true,
              runAsUser: 100,
              runAsGroup: 101,
              seccompProfile: { type: "RuntimeDefault" },
            },
          },
        ],
      },
    },
  },
});

export const objects = (options: Options): readonly Manifest[] => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  // The server itself has no rights: it passes on the token of the person who signs in.
  account(name),
  viewer,
  ...Object.keys(usersOf(options)).map((user) => account(user, { automountServiceAccountToken: false })),
  ...Object.entries(usersOf(options)).flatMap(([user, roles]) => roles.map((role) => binding(user, role))),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels },
    spec: { selector: labels, ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "http" }] },
  },
  deployment(options),
];
