import type { ProxyMode } from "#cluster/packages.ts";
import { endpoint } from "#cluster/urls.ts";

/** Those of the kernel that kube-proxy knows, by its own names. */
export const ipvsSchedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "mh"] as const;
export type IpvsScheduler = (typeof ipvsSchedulers)[number];

/** What kube-proxy is told; the names are those of KubeProxyConfiguration. */
export interface ProxyOptions {
  readonly mode: ProxyMode;
  readonly nodeName: string;
  /** Where it shows its metrics, to whoever asks. */
  readonly metricsAddress: string;
  readonly podCidr: string;
  readonly kubeconfig: string;
  readonly maxPerCore: number;
  readonly scheduler: IpvsScheduler;
  readonly strictArp: boolean;
}

/** kube-proxy only logs what it does not know, so nothing here comes from free text. */
export const proxyConfiguration = (options: ProxyOptions): object => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: options.mode,
  hostnameOverride: options.nodeName,
  clusterCIDR: options.podCidr,
  clientConnection: { kubeconfig: options.kubeconfig },
  metricsBindAddress: endpoint(options.metricsAddress, 10249),
  ...(options.mode === "ipvs" && { ipvs: { scheduler: options.scheduler, strictARP: options.strictArp } }),
  // A limit that cannot be written ends kube-proxy, and 0 leaves all of them to the kernel.
  conntrack:
    options.maxPerCore === 0
      ? { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" }
      : { maxPerCore: options.maxPerCore },
});
