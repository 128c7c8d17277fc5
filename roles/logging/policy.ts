import type { Manifest } from "kubeplay/kubernetes";

type Labels = Readonly<Record<string, string>>;

interface LogSources {
  readonly name: string;
  readonly namespace: string;
  /** Of the pods that are meant. */
  readonly labels: Labels;
}
interface Closed extends LogSources {
  /** The one who comes in all the same, and at which port. */
  readonly opened?: { readonly to: Labels; readonly port: number };
}

/**
 * Keeps other pods out, for neither of these programs asks who comes. The pod's own node is always let in (the kubelet's
 * probes), and a port-forward begins in the pod itself.
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

/** For Cilium, to which a node is no address that a NetworkPolicy could name: lets in what comes from nodes, the API's proxy. */
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
