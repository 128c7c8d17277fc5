import { createHash } from "node:crypto";

export interface CorednsOptions {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  readonly corefile: string;
}

/** The label that tools of others look for. */
export const labels = { "k8s-app": "kube-dns" };

const probe = (path: string, port: number, seconds: number) => ({
  httpGet: { path, port },
  periodSeconds: seconds,
  timeoutSeconds: 5,
});

const container = (image: string) => ({
  name: "coredns",
  image,
  args: ["-conf", "/etc/coredns/Corefile"],
  resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
  volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
  ports: [
    { name: "dns", containerPort: 53, protocol: "UDP" },
    { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
    { name: "metrics", containerPort: 9153, protocol: "TCP" },
  ],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
  livenessProbe: { ...probe("/health", 8080, 10), initialDelaySeconds: 60, failureThreshold: 5 },
  readinessProbe: probe("/ready", 8181, 2),
});

/** The answer to every pod's questions, so it also runs on masters, and not all of it on one host where there are more. */
export const deployment = ({ name, namespace, image, replicas, corefile }: CorednsOptions) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace, labels },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: {
        labels,
        // CoreDNS reads a changed file by itself, but not one whose options need a new start.
        annotations: { "kubeplay/corefile": createHash("sha256").update(corefile).digest("hex").slice(0, 16) },
      },
      spec: {
        serviceAccountName: name,
        priorityClassName: "system-cluster-critical",
        dnsPolicy: "Default",
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
              },
            ],
          },
        },
        containers: [container(image)],
        volumes: [{ name: "config", configMap: { name, items: [{ key: "Corefile", path: "Corefile" }] } }],
      },
    },
  },
});
