import { binary, defineRole, directory } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { copySecret } from "#cluster/copied-files.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables, programVariables } from "#cluster/variables.ts";
import { programIn } from "#cluster/staging.ts";

export const kubectl = defineRole({
  name: "kubectl",
  description: "Installs kubectl and the admin's kubeconfig on the hosts of group admin, if the inventory has one.",
  vars: { ...clusterVariables, ...programVariables, kubernetes_version: versionVariables.kubernetes_version },
  tasks: ({ vars, host, facts }) =>
    !host.groups.includes("admin")
      ? []
      : [
          binary(
            "Install kubectl",
            programIn("kubectl", {
              version: vars.kubernetes_version,
              architecture: facts.architecture,
              binDir: vars.bin_dir,
            }),
          ),
          directory("Create the kubeconfig's directory", { path: "/root/.kube", mode: 0o700 }),
          // It names the host's own proxy, which finds a live master; the controller's names the first master.
          copySecret(
            "the admin's kubeconfig",
            kubeconfigPath(vars.cluster_name, "admin-on-hosts"),
            "/root/.kube/config",
          ),
        ],
});
