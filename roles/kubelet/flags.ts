export interface KubeletSettings {
  readonly config: string;
  readonly kubeconfig: string;
  readonly bootstrapKubeconfig: string;
  /** Seconds. */
  readonly housekeepingInterval: number;
  readonly node: string;
  /** The address that the node registers, or two with a comma between; undefined leaves the choice to the kubelet. */
  readonly nodeIp: string | undefined;
}

/** The kubelet's flags, in the order of its unit. */
export const kubeletFlags = (s: KubeletSettings): Record<string, string> => ({
  config: s.config,
  kubeconfig: s.kubeconfig,
  "bootstrap-kubeconfig": s.bootstrapKubeconfig,
  // For the embedded cAdvisor: KubeletConfiguration has no field for it.
  "housekeeping-interval": `${String(s.housekeepingInterval)}s`,
  "cert-dir": "/var/lib/kubelet/pki",
  "hostname-override": s.node,
  ...(s.nodeIp !== undefined && { "node-ip": s.nodeIp }),
});
