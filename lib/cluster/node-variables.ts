import { Type } from "typebox";

/** What makes a host a node, for the roles that bring it about and for those that look whether the host can. */
export const nodeVariables = {
  kubelet_cgroup_driver: Type.Enum(["systemd", "cgroupfs"], {
    default: "systemd",
    description: "Who makes the pods' cgroups; the same as containerd's.",
  }),
  kubelet_fail_cgroup_v1: Type.Boolean({
    default: true,
    description: "Refuse to run on a host with cgroup v1, as Kubernetes does by itself.",
  }),
  kubelet_fail_swap_on: Type.Boolean({
    default: true,
    description: "Refuse to run on a host that swaps: swap is turned off there. With false it stays as it is.",
  }),
  kubelet_max_pods: Type.Integer({ default: 110, minimum: 1, description: "How many pods a node takes." }),
  kubelet_extra_config: Type.Record(Type.String(), Type.Unknown(), {
    default: {},
    description: "Fields of KubeletConfiguration, in place of kubeplay's or beside them; checked against its schema.",
  }),
  containerd_systemd_cgroup: Type.Boolean({
    default: true,
    description: "Containers get their cgroups from systemd, as the kubelet's cgroupDriver systemd expects.",
  }),
  kube_proxy_mode: Type.Enum(["ipvs", "nftables", "iptables"], {
    default: "ipvs",
    description: "How packets are sent on. Kubernetes 1.40 switches ipvs off by default; nftables stays.",
  }),
};

/** Which part of pod_cidr each host gets. */
export const podSubnetVariables = {
  pod_subnet: Type.Optional(
    Type.String({
      format: "cidr",
      description: "This host's part of pod_cidr, for its pods; chosen by its address where not set.",
    }),
  ),
  pod_subnet_prefix: Type.Integer({
    default: 24,
    minimum: 8,
    maximum: 30,
    description: "The length of the subnets that hosts get out of pod_cidr: /24 has room for 253 pods.",
  }),
};
