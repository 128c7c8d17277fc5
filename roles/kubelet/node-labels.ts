import { defineRole } from "#lib/dsl/index.ts";
import { manifest } from "#lib/resources/index.ts";
import { apiserversOf, nodesOf } from "#roles/cluster/members.ts";
import { kubeconfigPath } from "#roles/cluster/paths.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";

const role = (name: string): string => `node-role.kubernetes.io/${name}`;

/** What a node may not say of itself: the API takes these labels from an administrator only. */
export const nodeLabels = defineRole({
  name: "node-labels",
  description: "Labels the nodes by their groups in the inventory.",
  vars: { cluster_name: clusterVariables.cluster_name, kube_apiserver_port: clusterVariables.kube_apiserver_port },
  tasks: ({ vars, inventory }) => {
    const servers = apiserversOf(inventory, vars.kube_apiserver_port);
    return nodesOf(inventory).map(({ name, groups }) =>
      manifest(`Label ${name}`, {
        kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
        servers,
        manifest: {
          apiVersion: "v1",
          kind: "Node",
          metadata: {
            name,
            labels: {
              ...(groups.includes("masters") && { [role("control-plane")]: "" }),
              ...(groups.includes("nodes") && { [role("worker")]: "" }),
            },
          },
        },
      }).runOnce(),
    );
  },
});
