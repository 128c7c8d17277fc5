import { Type } from "typebox";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { dualStackVariables } from "#cluster/dual-stack.ts";
import { rollingVariables } from "#cluster/gates.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { nodeLocalVariables } from "#cluster/node-local.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { certificateWarning, clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";

const { cluster_name, cluster_domain, service_cidr, service_cidr_v6, kube_nginx_port, kube_apiserver_port } =
  clusterVariables;
const { kubelet_cgroup_driver, kubelet_fail_cgroup_v1, kubelet_fail_swap_on, kubelet_max_pods, kubelet_extra_config } =
  nodeVariables;

export const kubeletVariables = {
  ...programVariables,
  ...goVariables,
  ...rollingVariables,
  cluster_name,
  cluster_domain,
  service_cidr,
  service_cidr_v6,
  ...dualStackVariables,
  kube_nginx_port,
  kube_apiserver_port,
  kubernetes_version: versionVariables.kubernetes_version,
  ...patienceVariables,
  ...certificateWarning,
  kubelet_cgroup_driver,
  kubelet_fail_cgroup_v1,
  kubelet_fail_swap_on,
  kubelet_max_pods,
  kubelet_extra_config,
  ...nodeLocalVariables,
  kubelet_housekeeping_interval: Type.Integer({
    default: 10,
    minimum: 1,
    description:
      "Seconds between two measurements of every container's usage, for /metrics/cadvisor and /metrics/resource.",
  }),
  kubelet_seccomp_default: Type.Boolean({
    default: true,
    description: "Whether pods without a seccomp profile of their own get the container runtime's.",
  }),
  kubelet_pod_pids_limit: Type.Integer({
    default: 4096,
    minimum: -1,
    description:
      "How many processes and threads a pod may have, so that none takes those of the whole node; -1 for no limit.",
  }),
  kubelet_master_taint: Type.Boolean({
    default: true,
    description:
      "Whether to taint masters that are not in the group nodes, if there are other nodes: only pods that tolerate the taint run there. Read when a node joins.",
  }),
};
