import { Type } from "typebox";
import { defineRole, type RoleContext, type Values } from "#lib/dsl/index.ts";
import { accessOf } from "#roles/addon/access.ts";
import { addonVariables } from "#roles/addon/variables.ts";
import { nodesOf } from "#roles/cluster/members.ts";
import { readiness } from "./readiness.ts";

const waiting = {
  ...addonVariables,
  cluster_ready_timeout: Type.Integer({
    minimum: 1,
    default: 600,
    description: "Seconds after which the wait is given up if nothing more has become ready.",
  }),
};

const propsFrom = ({ vars, inventory }: RoleContext<Values<typeof waiting>>) => ({
  ...accessOf(vars, inventory),
  nodes: nodesOf(inventory).map(({ name }) => name),
  timeout: vars.cluster_ready_timeout,
});

/** Before the addons: from then on there is a cluster to look at. */
export const nodesReady = defineRole({
  name: "nodes-ready",
  description: "Waits until all nodes are Ready.",
  vars: waiting,
  tasks: (context) => [readiness("Wait until nodes are Ready", { ...propsFrom(context), nodesOnly: true })],
});

export const clusterReady = defineRole({
  name: "cluster-ready",
  description: "Waits until the cluster can be used: all nodes Ready, and the pod network, DNS and addons complete.",
  vars: waiting,
  tasks: (context) => [readiness("Wait until nodes are Ready, and what runs on them is complete", propsFrom(context))],
});
