import { binary, defineRole, directory, file } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables, programVariables } from "#cluster/variables.ts";

export const kubectl = defineRole({
  name: "kubectl",
  description: "kubectl and the admin's kubeconfig on the hosts of the group admin, where the inventory has one.",
  vars: { ...clusterVariables, ...programVariables, kubernetes_version: versionVariables.kubernetes_version },
  tasks: ({ vars, host, facts }) =>
    !host.groups.includes("admin")
      ? []
      : [
          binary("Install kubectl", {
            artifact: "kubectl",
            version: vars.kubernetes_version,
            architecture: facts.architecture,
            dest: `${vars.bin_dir}/kubectl`,
          }),
          directory("Make the kubeconfig's directory", { path: "/root/.kube", mode: 0o700 }),
          file("Copy the admin's kubeconfig", {
            // Its own proxy finds a master that lives; the controller's kubeconfig names the first.
            src: kubeconfigPath(vars.cluster_name, "admin-on-hosts"),
            dest: "/root/.kube/config",
            mode: 0o600,
            secret: true,
          }),
        ],
});
