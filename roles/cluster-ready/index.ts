import { Type } from "typebox";
import { defineRole } from "#lib/dsl/index.ts";
import { apiserversOf, nodesOf } from "#roles/cluster/members.ts";
import { kubeconfigPath } from "#roles/cluster/paths.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";
import { readiness } from "./readiness.ts";

export const clusterReady = defineRole({
  name: "cluster-ready",
  description: "Waits until the cluster can be used: all nodes Ready, DNS complete.",
  vars: {
    cluster_name: clusterVariables.cluster_name,
    kube_apiserver_port: clusterVariables.kube_apiserver_port,
    cluster_ready_timeout: Type.Integer({ minimum: 1, default: 180, description: "How long is waited, in seconds." }),
  },
  tasks: ({ vars, inventory }) => [
    readiness("Wait until the nodes are Ready and DNS is complete", {
      kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
      servers: apiserversOf(inventory, vars.kube_apiserver_port),
      nodes: nodesOf(inventory).map(({ name }) => name),
      deployments: ["kube-system/coredns"],
      timeout: vars.cluster_ready_timeout,
    }),
  ],
});
