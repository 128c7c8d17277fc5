import { Type } from "typebox";
import { defineRole, directory, handler, restart, service, template, unit, wait } from "kubeplay";
import { approvalVariables } from "#cluster/csr-approval.ts";
import { copyPublic, copySecret } from "#cluster/copied-files.ts";
import { dualStackVariables, ipv6Of } from "#cluster/dual-stack.ts";
import { installKubectl, kubectlVariables } from "#cluster/install-kubectl.ts";
import { kubeletServer } from "#cluster/kubelet-server.ts";
import { nodesOf } from "#cluster/members.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { caBundle, approverKubeconfig as kubeconfig, kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { noFiles, noUnit } from "#cluster/undo/programs.ts";
import { comparedWith, nodeRow } from "./program.ts";

const approverIn = (binDir: string): string => `${binDir}/kubelet-approver`;
const ca = "/etc/kubernetes/pki/ca-bundle.crt";
const cache = "/run/kubelet-approver";
/** Seconds that each master leaves to those before it in the inventory, so that one of them answers a request. */
const turn = 2;

export const kubeletApprover = defineRole({
  name: "kubelet-approver",
  folder: import.meta.dirname,
  description:
    "Approves kubelets' certificates that match the inventory. Kubernetes itself approves no serving certificates, and client certificates without a look at the node.",
  vars: {
    ...kubectlVariables,
    ...approvalVariables,
    ...goVariables,
    cluster_name: clusterVariables.cluster_name,
    service_cidr_v6: clusterVariables.service_cidr_v6,
    ...dualStackVariables,
    kubelet_extra_config: nodeVariables.kubelet_extra_config,
    component_patience: patienceVariables.component_patience,
    kubelet_approver_interval: Type.Integer({
      default: 60,
      minimum: 10,
      maximum: 43_200,
      description:
        "Seconds between two checks of each master for requests of kubelets, besides the one when a request comes.",
    }),
  },
  undo: ({ vars }) => [
    // Earlier versions had a timer.
    ...noUnit("kubelet-approver.timer"),
    ...noUnit("kubelet-approver.service"),
    ...noFiles(approverIn(vars.bin_dir)),
    noLeftovers("Remove its cache", { folder: cache, names: ["*"] }),
    // Earlier versions let kubectl choose the place.
    noLeftovers("Remove kubectl's cache below the root", {
      folder: "/.kube/cache",
      names: ["discovery", "http"],
      upTo: "/.kube",
    }),
  ],
  tasks: ({ vars, host, varsOf, inventory, facts }) => {
    const again = handler(
      "Restart the approver",
      restart("Restart the approver", { name: "kubelet-approver", timeout: vars.component_patience }),
    );
    return [
      directory("Create the certificates' directory", { path: "/etc/kubernetes/pki", mode: 0o755 }),
      installKubectl({ vars, facts }),
      copyPublic("the cluster's CAs", caBundle(vars.cluster_name), ca),
      copySecret("its kubeconfig", kubeconfigPath(vars.cluster_name, "kubelet-csr-approver"), kubeconfig).notify(again),
      template("Write the approver", {
        src: "kubelet-approver.hbs",
        dest: approverIn(vars.bin_dir),
        mode: 0o755,
        values: {
          binDir: vars.bin_dir,
          kubeconfig,
          cache,
          ca,
          compared: comparedWith(vars.kubelet_csr_approval === "inventory"),
          interval: vars.kubelet_approver_interval,
          delay: turn * inventory.group("masters").findIndex(({ name }) => name === host.name),
          nodes: nodesOf(inventory).map((node) => {
            const { port } = kubeletServer(varsOf(node).kubelet_extra_config);
            return nodeRow({ ...node, port, address6: ipv6Of(varsOf(node)), cluster: vars.cluster_name });
          }),
        },
        validate: "bash -n %s",
      }).notify(again),
      // Earlier versions had a timer. Its end may leave one check at work, which ends by itself.
      ...noUnit("kubelet-approver.timer"),
      unit("Write its unit", {
        name: "kubelet-approver.service",
        src: "kubelet-approver.service.hbs",
        values: { program: approverIn(vars.bin_dir), processors: vars.go_processors },
      }).notify(again),
      service("Start it now and at boot", { name: "kubelet-approver", enabled: true, state: "started" }),
    ];
  },
});

/** One master does this for all, after the kubelets have started, so that the run does not end before each kubelet serves. */
export const kubeletServing = defineRole({
  name: "kubelet-serving",
  description: "Waits until each kubelet serves with its certificate.",
  vars: { ...programVariables, component_patience: patienceVariables.component_patience },
  tasks: ({ vars }) => [
    wait("Wait until every kubelet serves", {
      what: "each kubelet serves with a certificate that the approvers on the masters have approved",
      until: `${approverIn(vars.bin_dir)} --check`,
      timeout: vars.component_patience,
    }).runOnce(),
  ],
});
