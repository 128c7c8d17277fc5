import { Type } from "typebox";
import { defineRole } from "#lib/dsl/index.ts";
import { accessOf } from "#roles/addon/access.ts";
import { nodesOf } from "#roles/cluster/members.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";
import { readiness } from "./readiness.ts";

export const clusterReady = defineRole({
  name: "cluster-ready",
  description: "Waits until the cluster can be used: all nodes Ready, and the pod network, DNS and addons complete.",
  vars: {
    cluster_name: clusterVariables.cluster_name,
    kube_apiserver_port: clusterVariables.kube_apiserver_port,
    cluster_ready_timeout: Type.Integer({ minimum: 1, default: 600, description: "How long is waited, in seconds." }),
  },
  tasks: ({ vars, inventory }) => [
    readiness("Wait until nodes are Ready, and what runs on them is complete", {
      ...accessOf(vars, inventory),
      nodes: nodesOf(inventory).map(({ name }) => name),
      timeout: vars.cluster_ready_timeout,
    }),
  ],
});
