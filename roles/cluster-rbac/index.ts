import { defineRole } from "#lib/dsl/index.ts";
import { manifest } from "#lib/resources/index.ts";
import { apiserversOf } from "#roles/cluster/members.ts";
import { kubeconfigPath } from "#roles/cluster/paths.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";
import { bindings } from "./bindings.ts";

export const clusterRbac = defineRole({
  name: "cluster-rbac",
  description: "Who may do what: administrators, hosts that join, nodes that renew, kube-apiserver at the kubelets.",
  vars: clusterVariables,
  tasks: ({ vars, inventory }) => {
    const servers = apiserversOf(inventory, vars.kube_apiserver_port);
    // Until these are there, the admin of the cluster may do nothing: only the super-admin can make them.
    const kubeconfig = kubeconfigPath(vars.cluster_name, "super-admin");
    return bindings.map((object) =>
      manifest(`Keep the ${object.kind} ${object.metadata.name}`, { kubeconfig, servers, manifest: object }),
    );
  },
});
