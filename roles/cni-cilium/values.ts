import { merged } from "kubeplay/kubernetes";
import { prefixOf6 } from "#engine/schema/cidr.ts";

/** The options that determine the chart's values. */
export interface CiliumOptions {
  readonly clusterName: string;
  readonly podCidr: string;
  /** The IPv6 network of pods, in addition; undefined for none. */
  readonly podCidr6: string | undefined;
  /** The prefix length of the nodes' subnets in podCidr. */
  readonly subnetPrefix: number;
  /** The API's address on every host: the host's own proxy. A Service would need Cilium itself. */
  readonly apiserver: { readonly host: string; readonly port: number };
  readonly nodes: number;
  readonly kubeProxyReplacement: boolean;
  readonly l7Proxy: boolean;
  readonly mapSizeRatio: number;
  /** Whether to serve metrics: they are visible to everybody at the host's address. */
  readonly metrics: boolean;
  /** Whether agents get all capabilities of the host instead of those that the chart names. */
  readonly privileged: boolean;
  /** Whether the images may be kubeplay's own, which do not have the digests that the official chart names. */
  readonly imagesMadeHere: boolean;
}

/** In PEM: the certificates and keys with which Hubble's relay and agents authenticate each other. */
export interface HubbleTexts {
  readonly authority: string;
  readonly server: string;
  readonly serverKey: string;
  readonly client: string;
  readonly clientKey: string;
}

/** Images by their tags only. Envoy keeps its digest, because nobody makes it here. */
const byTag = {
  image: { useDigest: false },
  operator: { image: { useDigest: false } },
  hubble: { relay: { image: { useDigest: false } } },
};

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Each node records its flows, for requests to its agent. Without the relay, agents do not listen on the network. */
const hubbleValues = (texts: HubbleTexts | undefined): object =>
  texts === undefined
    ? { hubble: { enabled: true, listenAddress: null, relay: { enabled: false }, tls: { enabled: false } } }
    : {
        tls: { ca: { cert: base64(texts.authority) } },
        hubble: {
          enabled: true,
          relay: { enabled: true, tls: { client: { cert: base64(texts.client), key: base64(texts.clientKey) } } },
          tls: { auto: { enabled: false }, server: { cert: base64(texts.server), key: base64(texts.serverKey) } },
        },
      };

/** The prefix length of the nodes' IPv6 subnets: room for at least 256 pods, and Cilium's limit of 65536 subnets. */
export const subnetPrefix6 = (cidr: string): number => Math.min(120, prefixOf6(cidr) + 16);

/** Values of Cilium's own chart, for cluster-pool addresses and VXLAN between the nodes. */
export const ciliumValues = (o: CiliumOptions, hubble?: HubbleTexts): object =>
  merged(own(o, hubble), o.imagesMadeHere ? byTag : {}) as object;

const own = (o: CiliumOptions, hubble?: HubbleTexts): Record<string, unknown> => ({
  cluster: { name: o.clusterName },
  k8sServiceHost: o.apiserver.host,
  k8sServicePort: o.apiserver.port,
  kubeProxyReplacement: String(o.kubeProxyReplacement),
  routingMode: "tunnel",
  tunnelProtocol: "vxlan",
  ipam: {
    mode: "cluster-pool",
    operator: {
      clusterPoolIPv4PodCIDRList: [o.podCidr],
      clusterPoolIPv4MaskSize: o.subnetPrefix,
      ...(o.podCidr6 !== undefined && {
        clusterPoolIPv6PodCIDRList: [o.podCidr6],
        clusterPoolIPv6MaskSize: subnetPrefix6(o.podCidr6),
      }),
    },
  },
  ipv6: { enabled: o.podCidr6 !== undefined },
  // Host ports are part of the kube-proxy replacement; without it, a plain plugin implements them.
  cni: { chainingMode: o.kubeProxyReplacement ? "none" : "portmap" },
  l7Proxy: o.l7Proxy,
  // The DaemonSet of Envoy, which the L7 proxy needs.
  envoy: { enabled: o.l7Proxy },
  securityContext: { privileged: o.privileged },
  bpf: { mapDynamicSizeRatio: o.mapSizeRatio },
  operator: { replicas: Math.min(2, o.nodes), rollOutPods: true, prometheus: { enabled: o.metrics } },
  // Agents read a changed configuration only when they start.
  rollOutCiliumPods: true,
  prometheus: { enabled: o.metrics },
  // By default the operator serves metrics to the whole network, regardless of the value above.
  ...(!o.metrics && { extraConfig: { "operator-prometheus-serve-addr": "" } }),
  ...hubbleValues(hubble),
});
