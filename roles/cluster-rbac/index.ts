import { defineRole } from "kubeplay";
import { manifest } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { bindings } from "./bindings.ts";

export const clusterRbac = defineRole({
  name: "cluster-rbac",
  description: "Who may do what: administrators, hosts that join, nodes that renew, kube-apiserver at the kubelets.",
  vars: addonVariables,
  tasks: ({ vars, inventory }) => {
    // Until these are there, the admin of the cluster may do nothing: only the super-admin can make them.
    const access = accessOf(vars, inventory);
    return bindings.map((object) =>
      manifest(`Keep the ${object.kind} ${object.metadata.name}`, { ...access, manifest: object }),
    );
  },
});
