import { defineRole } from "kubeplay";
import { manifest } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { nodesOf } from "#cluster/members.ts";

const role = (name: string): string => `node-role.kubernetes.io/${name}`;

/** A node may not set these labels on itself: the API accepts them only from an administrator. */
export const nodeLabels = defineRole({
  name: "node-labels",
  description: "Labels the nodes by their groups in the inventory.",
  vars: addonVariables,
  tasks: ({ vars, inventory }) =>
    nodesOf(inventory).map(({ name, groups }) =>
      manifest(`Label ${name}`, {
        ...accessOf(vars, inventory),
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
    ),
});
