import type { Patch } from "kubeplay/kubernetes";

export interface Claims {
  /** Sizes, "10Gi". */
  readonly prometheus: string;
  readonly alertmanager: string;
  /** If empty, the cluster's default. */
  readonly storageClass: string;
  /** "10d" */
  readonly retention: string;
}

const claimed = (kind: string, name: string, size: string, storageClass: string): Patch => ({
  ...{ kind, name },
  patch: {
    spec: {
      storage: {
        volumeClaimTemplate: {
          spec: {
            ...(storageClass !== "" && { storageClassName: storageClass }),
            resources: { requests: { storage: size } },
          },
        },
      },
    },
  },
});

/** "10Gi" → "8192MiB": room for the write-ahead log and for blocks that are compacted. Many volumes have no limit. */
export function retentionSize(size: string): string {
  const [, number = "", unit = ""] = /^(\d+)([KMGT])i$/.exec(size) ?? [];
  const inMebibytes = Number(number) * { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 }[unit as "K"];
  return `${String(Math.max(1, Math.floor(inMebibytes * 0.8)))}MiB`;
}

/** One claim for each pod. Without them, metrics and silences last as long as their pod. */
export const claimPatches = ({ prometheus, alertmanager, storageClass, retention }: Claims): readonly Patch[] => [
  claimed("Prometheus", "k8s", prometheus, storageClass),
  { kind: "Prometheus", name: "k8s", patch: { spec: { retention, retentionSize: retentionSize(prometheus) } } },
  claimed("Alertmanager", "main", alertmanager, storageClass),
];
