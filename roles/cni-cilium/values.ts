/** What decides the chart's values. */
export interface CiliumOptions {
  readonly clusterName: string;
  readonly podCidr: string;
  /** The length of the subnets that nodes get out of podCidr. */
  readonly subnetPrefix: number;
  /** Where kube-apiserver answers on every host: the host's own proxy, not a Service, which would be Cilium's to serve. */
  readonly apiserver: { readonly host: string; readonly port: number };
  readonly nodes: number;
  readonly kubeProxyReplacement: boolean;
  readonly l7Proxy: boolean;
  readonly mapSizeRatio: number;
}

/** Values of Cilium's own chart, for cluster-pool addresses and VXLAN between the nodes. */
export const ciliumValues = (o: CiliumOptions): Record<string, unknown> => ({
  cluster: { name: o.clusterName },
  k8sServiceHost: o.apiserver.host,
  k8sServicePort: o.apiserver.port,
  kubeProxyReplacement: String(o.kubeProxyReplacement),
  routingMode: "tunnel",
  tunnelProtocol: "vxlan",
  ipam: {
    mode: "cluster-pool",
    operator: { clusterPoolIPv4PodCIDRList: [o.podCidr], clusterPoolIPv4MaskSize: o.subnetPrefix },
  },
  // Its DaemonSet of Envoy comes and goes with the proxy for HTTP and the like.
  l7Proxy: o.l7Proxy,
  envoy: { enabled: o.l7Proxy },
  bpf: { mapDynamicSizeRatio: o.mapSizeRatio },
  operator: { replicas: Math.min(2, o.nodes), rollOutPods: true, prometheus: { enabled: true } },
  // A change of its configuration reaches agents only by a new start.
  rollOutCiliumPods: true,
  prometheus: { enabled: true },
  // Flows are recorded on each node, for those who ask its agent; without a relay nobody listens on the network for them.
  hubble: { enabled: true, listenAddress: null, relay: { enabled: false }, tls: { auto: { enabled: false } } },
});
