import { createHash } from "node:crypto";

const probe = (path: string, port: number, seconds: number) => ({
  httpGet: { path, port },
  periodSeconds: seconds,
  timeoutSeconds: 5,
});

export const container = (image: string) => ({
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

/** CoreDNS reloads a changed file itself, but some options need a restart: a changed stamp replaces its pods. */
export const stampOf = (corefile: string) => ({
  "kubeplay/corefile": createHash("sha256").update(corefile).digest("hex").slice(0, 16),
});
