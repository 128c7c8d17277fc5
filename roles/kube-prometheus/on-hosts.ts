import type { Manifest } from "kubeplay/kubernetes";

/** A program that runs on hosts and not in pods: no Service can select it by labels. */
export interface OnHosts {
  readonly name: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly addresses: readonly string[];
}

export const labels = (name: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "kube-prometheus",
});

/** A Service without a selector and the addresses behind it, for ServiceMonitors. */
export const endpoints = ({ name, port, scheme, addresses }: OnHosts): readonly Manifest[] => [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `kubeplay-${name}`, namespace: "kube-system", labels: labels(name) },
    spec: { clusterIP: "None", ports: [{ name: `${scheme}-metrics`, port, protocol: "TCP", targetPort: port }] },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `kubeplay-${name}`,
      namespace: "kube-system",
      labels: { ...labels(name), "kubernetes.io/service-name": `kubeplay-${name}` },
    },
    addressType: "IPv4",
    ports: [{ name: `${scheme}-metrics`, port, protocol: "TCP" }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  },
];
