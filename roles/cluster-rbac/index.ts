import { defineRole } from "kubeplay";
import { manifest } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { approvalVariables } from "#cluster/csr-approval.ts";
import { bindingsFor } from "./bindings.ts";

export const clusterRbac = defineRole({
  name: "cluster-rbac",
  description:
    "RBAC for administrators, hosts that join, nodes that renew their certificates, and kube-apiserver at the kubelets.",
  vars: { ...addonVariables, ...approvalVariables },
  tasks: ({ vars, inventory }) => {
    // Until these exist, the admin of the cluster has no rights: only the super-admin can create them.
    const access = accessOf(vars, inventory);
    const { present, absent } = bindingsFor(vars.kubelet_csr_approval);
    return [
      ...present.map((object) =>
        manifest(`Apply the ${object.kind} ${object.metadata.name}`, { ...access, manifest: object }),
      ),
      ...absent.map((object) =>
        manifest(`Remove the ${object.kind} ${object.metadata.name}`, { ...access, manifest: object, state: "absent" }),
      ),
    ];
  },
});
