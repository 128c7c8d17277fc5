import type { Host } from "kubeplay";
import { etcdPki } from "#cluster/etcd-members.ts";
import { hostKubeconfig, hostPki } from "#cluster/elected-component.ts";

/** A program that reads these files when it starts. */
export interface ProgramOnHost {
  readonly unit: string;
  readonly files: readonly string[];
}

const onMasters: readonly ProgramOnHost[] = [
  { unit: "etcd", files: [`${etcdPki}/ca.crt`] },
  {
    unit: "kube-apiserver",
    files: ["ca-bundle.crt", "etcd-ca.crt", "front-proxy-ca.crt", "service-account.pub"].map(
      (name) => `${hostPki}/${name}`,
    ),
  },
  { unit: "kube-controller-manager", files: [hostKubeconfig("controller-manager")] },
  { unit: "kube-scheduler", files: [hostKubeconfig("scheduler")] },
];

/** What a host runs that must start again for other CAs. Kubelets read the file with those of clients by themselves. */
export const programsOf = ({ groups }: Host): readonly ProgramOnHost[] => [
  ...(groups.includes("masters") ? onMasters : []),
  ...(groups.includes("masters") || groups.includes("nodes")
    ? [{ unit: "kube-proxy", files: ["/etc/kubernetes/kube-proxy.kubeconfig"] }]
    : []),
];
