import { Type } from "typebox";
import { versionVariables } from "#roles/artifacts/variables.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";

const { cluster_name, cluster_domain, service_cidr, kube_nginx_port } = clusterVariables;

export const kubeletVariables = {
  cluster_name,
  cluster_domain,
  service_cidr,
  kube_nginx_port,
  kubernetes_version: versionVariables.kubernetes_version,
  kubelet_cgroup_driver: Type.Enum(["systemd", "cgroupfs"], {
    default: "systemd",
    description: "Who makes the pods' cgroups; the same as containerd's.",
  }),
  kubelet_fail_cgroup_v1: Type.Boolean({
    default: true,
    description: "Refuse to run on a host with cgroup v1, as Kubernetes does by itself.",
  }),
  kubelet_fail_swap_on: Type.Boolean({ default: true, description: "Refuse to run on a host that swaps." }),
  kubelet_seccomp_default: Type.Boolean({
    default: true,
    description: "Pods that say nothing of seccomp get the runtime's profile.",
  }),
  kubelet_max_pods: Type.Integer({ default: 110, minimum: 1, description: "How many pods a node takes." }),
  kubelet_extra_config: Type.Record(Type.String(), Type.Unknown(), {
    default: {},
    description: "Fields of KubeletConfiguration, in place of kubeplay's or beside them; checked against its schema.",
  }),
  kubelet_master_taint: Type.Boolean({
    default: true,
    description: "Keep pods that do not say otherwise off the masters. Read when a node joins.",
  }),
};
