import { createHash } from "node:crypto";
import type { Manifest } from "kubeplay/kubernetes";

export const name = "metrics-server";
export const namespace = "kube-system";
const authority = "metrics-server-kubelet-ca";
const secret = "metrics-server-tls";
const mount = "/etc/kubelet-ca";

/** The PEM texts that it needs. */
export interface Texts {
  /** The CA of its own certificate. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  /** The CAs of the kubelets' certificates. */
  readonly kubelets: string;
}

export const textsFrom = (texts: Readonly<Record<string, string>>): Texts => ({
  authority: texts.authority ?? "",
  certificate: texts.certificate ?? "",
  key: texts.key ?? "",
  kubelets: texts.kubelets ?? "",
});

const stamp = (...texts: readonly string[]): string =>
  createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);

export interface Options {
  readonly image: string;
  readonly version: string;
  /** Seconds. */
  readonly resolution: number;
  readonly replicas: number;
}

/** The chart's values: Metrics Server verifies the kubelets, and the API verifies Metrics Server. */
export const values = (
  { image, version, resolution, replicas }: Options,
  { authority: ca, certificate, kubelets }: Texts,
) => ({
  image: { repository: image, tag: `v${version}` },
  replicas,
  // The old pod goes first: with at most one pod per host, there is no room for a new one beside it.
  updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  podDisruptionBudget: replicas > 1 ? { enabled: true, maxUnavailable: 1 } : { enabled: false },
  // If an argument is given twice, the last one counts, and the chart's own come first.
  args: [`--kubelet-certificate-authority=${mount}/ca.crt`, `--metric-resolution=${resolution}s`],
  extraVolumes: [{ name: "kubelet-ca", configMap: { name: authority } }],
  extraVolumeMounts: [{ name: "kubelet-ca", mountPath: mount, readOnly: true }],
  tls: { type: "existingSecret", existingSecret: { name: secret, lookup: false } },
  apiService: { insecureSkipTLSVerify: false, caBundle: ca },
  // Metrics Server reads them only at its start.
  podAnnotations: { "kubeplay.dev/certificates": stamp(certificate, kubelets) },
  tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
        },
      ],
    },
  },
});

/** The objects that the chart expects to exist. */
export const beside = ({ certificate, key, kubelets }: Texts): readonly Manifest[] => [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: authority, namespace }, data: { "ca.crt": kubelets } },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secret, namespace },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": certificate, "tls.key": key },
  },
];
