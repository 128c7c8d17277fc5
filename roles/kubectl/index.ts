import { defineRole, directory } from "kubeplay";
import { copySecret } from "#cluster/copied-files.ts";
import { installKubectl, kubectlVariables } from "#cluster/install-kubectl.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles } from "#cluster/undo/programs.ts";
import { clusterVariables } from "#cluster/variables.ts";

export const kubectl = defineRole({
  name: "kubectl",
  description: "Installs kubectl and the admin's kubeconfig on the hosts of group admin, if the inventory has one.",
  vars: { ...clusterVariables, ...kubectlVariables },
  undo: ({ vars }) => [
    ...noFiles(`${vars.bin_dir}/kubectl`),
    noLeftovers("Remove the admin's kubeconfig", { folder: "/root/.kube", names: ["config", "cache"] }),
  ],
  tasks: ({ vars, host, facts }) =>
    !host.groups.includes("admin")
      ? []
      : [
          installKubectl({ vars, facts }),
          directory("Create the kubeconfig's directory", { path: "/root/.kube", mode: 0o700 }),
          // It names the host's own proxy, which finds a live master; the controller's names the first master.
          copySecret(
            "the admin's kubeconfig",
            kubeconfigPath(vars.cluster_name, "admin-on-hosts"),
            "/root/.kube/config",
          ),
        ],
});
