import type { ProxyMode } from "#cluster/packages.ts";

/** The kernel's schedulers that kube-proxy supports, by its names. */
export const ipvsSchedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "mh"] as const;
export type IpvsScheduler = (typeof ipvsSchedulers)[number];

/** Settings of kube-proxy, with the names of KubeProxyConfiguration. */
export interface ProxyOptions {
  readonly mode: ProxyMode;
  readonly nodeName: string;
  readonly podCidr: string;
  readonly kubeconfig: string;
  readonly maxPerCore: number;
  readonly scheduler: IpvsScheduler;
  readonly strictArp: boolean;
}

/** kube-proxy only logs unknown values, so nothing here comes from free text. */
export const proxyConfiguration = (options: ProxyOptions): object => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: options.mode,
  hostnameOverride: options.nodeName,
  clusterCIDR: options.podCidr,
  clientConnection: { kubeconfig: options.kubeconfig },
  // They are open to whoever reaches them.
  metricsBindAddress: "127.0.0.1:10249",
  ...(options.mode === "ipvs" && { ipvs: { scheduler: options.scheduler, strictARP: options.strictArp } }),
  // kube-proxy exits if it cannot write a limit; 0 leaves all limits to the kernel.
  conntrack:
    options.maxPerCore === 0
      ? { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" }
      : { maxPerCore: options.maxPerCore },
});
