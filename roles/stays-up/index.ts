import { defineRole, wait } from "kubeplay";
import { cniVariables } from "#cluster/cni.ts";
import { steadyFor } from "#cluster/gates.ts";
import { patienceVariables } from "#cluster/variables.ts";

const controlPlane = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

export const staysUp = defineRole({
  name: "stays-up",
  description: "Waits until the services of a host have stayed up for a while: one that ends again and again is named.",
  vars: {
    component_patience: patienceVariables.component_patience,
    kube_proxy_replacement: cniVariables.kube_proxy_replacement,
  },
  tasks: ({ vars, host }) => [
    wait("Wait until its services stay up", {
      what: `the services of ${host.name} stay up`,
      units: [
        ...["kube-nginx", "containerd", "kubelet"],
        ...(vars.kube_proxy_replacement ? [] : ["kube-proxy"]),
        ...(host.groups.includes("masters") ? controlPlane : []),
      ],
      steady: steadyFor,
      timeout: vars.component_patience,
    }),
  ],
});
