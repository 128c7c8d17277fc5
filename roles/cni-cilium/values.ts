import { prefixOf6 } from "#engine/schema/cidr.ts";

/** What decides the chart's values. */
export interface CiliumOptions {
  readonly clusterName: string;
  readonly podCidr: string;
  /** IPv6 addresses for pods too. */
  readonly podCidr6: string | undefined;
  /** The length of the subnets that nodes get out of podCidr. */
  readonly subnetPrefix: number;
  /** Where kube-apiserver answers on every host: the host's own proxy, not a Service, which would be Cilium's to serve. */
  readonly apiserver: { readonly host: string; readonly port: number };
  readonly nodes: number;
  readonly kubeProxyReplacement: boolean;
  readonly l7Proxy: boolean;
  readonly mapSizeRatio: number;
  /** Whether there is somebody who asks for metrics: they are shown at the address of the host, to everybody. */
  readonly metrics: boolean;
  /** With every capability that the host has, instead of those that the chart names. */
  readonly privileged: boolean;
}

/** In PEM: by which Hubble's relay and the agents that it asks know each other. */
export interface HubbleTexts {
  readonly authority: string;
  readonly server: string;
  readonly serverKey: string;
  readonly client: string;
  readonly clientKey: string;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Flows are recorded on each node, for those who ask its agent; without a relay nobody listens on the network for them. */
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

/** Of the subnets that nodes get: room for 256 pods and more, and no more than 65536 subnets, which is all that Cilium counts. */
export const subnetPrefix6 = (cidr: string): number => Math.min(120, prefixOf6(cidr) + 16);

/** Values of Cilium's own chart, for cluster-pool addresses and VXLAN between the nodes. */
export const ciliumValues = (o: CiliumOptions, hubble?: HubbleTexts): Record<string, unknown> => ({
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
  // Its DaemonSet of Envoy comes and goes with the proxy for HTTP and the like.
  // Ports of hosts that lead to pods are a part of what takes kube-proxy's place; without it a plain plugin does them.
  cni: { chainingMode: o.kubeProxyReplacement ? "none" : "portmap" },
  l7Proxy: o.l7Proxy,
  envoy: { enabled: o.l7Proxy },
  securityContext: { privileged: o.privileged },
  bpf: { mapDynamicSizeRatio: o.mapSizeRatio },
  operator: { replicas: Math.min(2, o.nodes), rollOutPods: true, prometheus: { enabled: o.metrics } },
  // A change of its configuration reaches agents only by a new start.
  rollOutCiliumPods: true,
  prometheus: { enabled: o.metrics },
  // The operator shows them to the whole network unless it is told otherwise, whatever the value above says.
  ...(!o.metrics && { extraConfig: { "operator-prometheus-serve-addr": "" } }),
  ...hubbleValues(hubble),
});
