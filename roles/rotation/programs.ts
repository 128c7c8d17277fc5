import type { Host } from "kubeplay";
import { etcdPki } from "#cluster/etcd-members.ts";
import { hostKubeconfig, hostPki } from "#cluster/elected-component.ts";
import { caBundle, kubeconfigPath, serviceAccountKeys, trustBundle } from "#cluster/paths.ts";

/** A program that reads these files when it starts: those on the host → their originals on the controller. */
export interface ProgramOnHost {
  readonly unit: string;
  readonly files: Readonly<Record<string, string>>;
}

const onMasters = (cluster: string): readonly ProgramOnHost[] => [
  { unit: "etcd", files: { [`${etcdPki}/ca.crt`]: trustBundle(cluster, "etcd-ca") } },
  {
    unit: "kube-apiserver",
    files: {
      [`${hostPki}/ca-bundle.crt`]: caBundle(cluster),
      [`${hostPki}/etcd-ca.crt`]: trustBundle(cluster, "etcd-ca"),
      [`${hostPki}/front-proxy-ca.crt`]: trustBundle(cluster, "front-proxy-ca"),
      [`${hostPki}/service-account.pub`]: serviceAccountKeys(cluster),
    },
  },
  ...(["controller-manager", "scheduler"] as const).map((name) => ({
    unit: `kube-${name}`,
    files: { [hostKubeconfig(name)]: kubeconfigPath(cluster, name) },
  })),
];

/** What a host runs that must start again for other CAs. Kubelets read the file with those of clients by themselves. */
export const programsOf = ({ groups }: Host, cluster: string): readonly ProgramOnHost[] => [
  ...(groups.includes("masters") ? onMasters(cluster) : []),
  ...(groups.includes("masters") || groups.includes("nodes")
    ? [{ unit: "kube-proxy", files: { [hostKubeconfig("kube-proxy")]: kubeconfigPath(cluster, "kube-proxy") } }]
    : []),
];
