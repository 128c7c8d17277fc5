import type { Manifest } from "kubeplay/kubernetes";

type Labels = Readonly<Record<string, string>>;

interface LogSources {
  readonly name: string;
  readonly namespace: string;
  /** The labels of the selected pods. */
  readonly labels: Labels;
}
interface Closed extends LogSources {
  /** The pods that may still connect, and the port. */
  readonly opened?: { readonly to: Labels; readonly port: number };
}

/**
 * Keeps other pods out, because neither of these programs authenticates clients. The pod's own node always has access
 * (for the kubelet's probes), and a port-forward starts in the pod itself.
 */
export const closed = ({ name, namespace, labels, opened }: Closed): Manifest => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec: {
    podSelector: { matchLabels: labels },
    policyTypes: ["Ingress"],
    ingress: opened
      ? [{ from: [{ podSelector: { matchLabels: opened.to } }], ports: [{ port: opened.port, protocol: "TCP" }] }]
      : [],
  },
});

/**
 * Allows traffic from nodes, such as that of the API's proxy. With Cilium, a NetworkPolicy cannot do that, because it
 * cannot select nodes by address.
 */
export const openToNodes = ({ name, namespace, labels, port }: LogSources & { readonly port: number }): Manifest => ({
  apiVersion: "cilium.io/v2",
  kind: "CiliumNetworkPolicy",
  metadata: { name: `${name}-from-nodes`, namespace },
  spec: {
    endpointSelector: { matchLabels: labels },
    ingress: [
      { fromEntities: ["host", "remote-node"], toPorts: [{ ports: [{ port: String(port), protocol: "TCP" }] }] },
    ],
  },
});
