import { InputError } from "kubeplay";
import { ciphers } from "#cluster/ciphers.ts";
import { checkVariables } from "#engine/schema/check-variables.ts";
import { kubeletSchema } from "./schema.ts";

/** Settings that differ between hosts, named as in KubeletConfiguration if possible. */
export interface KubeletOptions {
  /** In the order in which pods query them. */
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly clientCaFile: string;
  readonly resolvConf: string;
  readonly cgroupDriver: string;
  readonly failCgroupV1: boolean;
  readonly failSwapOn: boolean;
  readonly seccompDefault: boolean;
  readonly maxPods: number;
  readonly podPidsLimit: number;
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
  /** Fields that override those here or add to them: `kubelet_extra_config`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const configuration = (options: KubeletOptions): object => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true, cacheTTL: "2m0s" },
    x509: { clientCAFile: options.clientCaFile },
  },
  authorization: { mode: "Webhook" },
  readOnlyPort: 0,
  rotateCertificates: true,
  serverTLSBootstrap: true,
  tlsMinVersion: "VersionTLS12",
  tlsCipherSuites: ciphers,
  clusterDNS: options.clusterDns,
  clusterDomain: options.clusterDomain,
  resolvConf: options.resolvConf,
  cgroupDriver: options.cgroupDriver,
  containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
  failCgroupV1: options.failCgroupV1,
  failSwapOn: options.failSwapOn,
  seccompDefault: options.seccompDefault,
  maxPods: options.maxPods,
  podPidsLimit: options.podPidsLimit,
  registerWithTaints: options.taints,
  ...options.extra,
});

const name = "kubelet_extra_config";

/** The configuration as JSON. Throws InputError with every field that Kubernetes does not accept. */
export function kubeletConfiguration(options: KubeletOptions, host: string): string {
  const value = configuration(options);
  const { problems } = checkVariables({
    specs: { [name]: kubeletSchema },
    assignments: [{ name, value, from: name, where: { file: `${name} of ${host}` } }],
  });
  if (problems.length > 0) throw new InputError(problems);
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
