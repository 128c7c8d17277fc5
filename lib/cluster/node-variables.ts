import { Type } from "typebox";

/** Settings of nodes, for the roles that apply them and for those that check whether a host meets them. */
export const nodeVariables = {
  kubelet_cgroup_driver: Type.Enum(["systemd", "cgroupfs"], {
    default: "systemd",
    description: "The driver that creates the pods' cgroups; the same as containerd's.",
  }),
  kubelet_fail_cgroup_v1: Type.Boolean({
    default: true,
    description: "Refuse to run on a host with cgroup v1, as Kubernetes does by default.",
  }),
  kubelet_fail_swap_on: Type.Boolean({
    default: true,
    description: "Refuse to run on a host with swap: kubeplay turns swap off. If false, swap stays as it is.",
  }),
  kubelet_max_pods: Type.Integer({ default: 110, minimum: 1, description: "The maximum number of pods on a node." }),
  kubelet_extra_config: Type.Record(Type.String(), Type.Unknown(), {
    default: {},
    description: "Fields of KubeletConfiguration that replace or extend kubeplay's; checked against its schema.",
  }),
  containerd_systemd_cgroup: Type.Boolean({
    default: true,
    description: "Containers get their cgroups from systemd, as the kubelet's cgroupDriver systemd expects.",
  }),
  kube_proxy_mode: Type.Enum(["ipvs", "nftables", "iptables"], {
    default: "ipvs",
    description: "How packets are forwarded. Kubernetes 1.40 disables ipvs by default; nftables stays.",
  }),
};

/** Which part of pod_cidr each host gets. */
export const podSubnetVariables = {
  pod_subnet: Type.Optional(
    Type.String({
      format: "cidr",
      description: "This host's part of pod_cidr, for its pods; derived from its address if not set.",
    }),
  ),
  pod_subnet_prefix: Type.Integer({
    default: 24,
    minimum: 8,
    maximum: 30,
    description: "The prefix length of the hosts' subnets in pod_cidr: /24 has room for 253 pods.",
  }),
};
