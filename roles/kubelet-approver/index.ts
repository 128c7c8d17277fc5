import { Type } from "typebox";
import { binary, command, defineRole, directory, file, service, template, unit } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { dualStackVariables, ipv6Of } from "#cluster/dual-stack.ts";
import { kubeletServer } from "#cluster/kubelet-server.ts";
import { nodesOf } from "#cluster/members.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { caBundle, kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { nodeRow, pending } from "./program.ts";
import { serviceFile, timerFile } from "./units.ts";

const approverIn = (binDir: string): string => `${binDir}/kubelet-approver`;
const ca = "/etc/kubernetes/pki/ca-bundle.crt";
const kubeconfig = "/etc/kubernetes/csr-approver.kubeconfig";

export const kubeletApprover = defineRole({
  name: "kubelet-approver",
  description: "Approves kubelets' serving certificates against the inventory: Kubernetes itself never does.",
  vars: {
    ...programVariables,
    cluster_name: clusterVariables.cluster_name,
    kubernetes_version: versionVariables.kubernetes_version,
    service_cidr_v6: clusterVariables.service_cidr_v6,
    ...dualStackVariables,
    kubelet_extra_config: nodeVariables.kubelet_extra_config,
    kubelet_approver_interval: Type.Integer({
      default: 60,
      minimum: 10,
      maximum: 43_200,
      description: "Seconds between two looks of each master for kubelets that want a new serving certificate.",
    }),
  },
  tasks: ({ vars, varsOf, inventory, facts }) => [
    directory("Make the certificates' directory", { path: "/etc/kubernetes/pki", mode: 0o755 }),
    binary("Install kubectl", {
      artifact: "kubectl",
      version: vars.kubernetes_version,
      architecture: facts.architecture,
      dest: `${vars.bin_dir}/kubectl`,
    }),
    file("Copy the cluster's CAs", { src: caBundle(vars.cluster_name), dest: ca }),
    file("Copy its kubeconfig", {
      src: kubeconfigPath(vars.cluster_name, "kubelet-csr-approver"),
      dest: kubeconfig,
      mode: 0o600,
      secret: true,
    }),
    template("Write the approver", {
      src: "kubelet-approver.hbs",
      dest: approverIn(vars.bin_dir),
      mode: 0o755,
      values: {
        binDir: vars.bin_dir,
        kubeconfig,
        ca,
        pending,
        nodes: nodesOf(inventory).map((node) => {
          const { port } = kubeletServer(varsOf(node).kubelet_extra_config);
          return nodeRow({ ...node, port, address6: ipv6Of(varsOf(node)) });
        }),
      },
      validate: "bash -n %s",
    }),
    unit("Write its unit", { name: "kubelet-approver.service", content: serviceFile(approverIn(vars.bin_dir)) }),
    unit("Write its timer", { name: "kubelet-approver.timer", content: timerFile(vars.kubelet_approver_interval) }),
    service("Look now and then, also after a boot", {
      name: "kubelet-approver.timer",
      enabled: true,
      state: "started",
    }),
  ],
});

/** Once the kubelets have started, by one of the masters for all: nobody waits for the timer then. */
export const kubeletServing = defineRole({
  name: "kubelet-serving",
  description: "Approves what the kubelets have asked for, and waits until each serves with its certificate.",
  vars: { ...programVariables, component_patience: patienceVariables.component_patience },
  tasks: ({ vars }) => [
    command("Wait until every kubelet serves", {
      run: `${approverIn(vars.bin_dir)} --wait ${vars.component_patience}`,
      unless: `${approverIn(vars.bin_dir)} --check`,
      // Its last look may begin at the end of the time, and asks the API once a request.
      timeout: vars.component_patience + 120,
    }).runOnce(),
  ],
});
