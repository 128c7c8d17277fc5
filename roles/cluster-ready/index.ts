import { Type } from "typebox";
import { defineRole, type Host, type RoleContext, type Values } from "kubeplay";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { nodesOf } from "#cluster/members.ts";
import { readiness } from "./readiness.ts";

const waiting = {
  ...addonVariables,
  cluster_ready_timeout: Type.Integer({
    minimum: 1,
    default: 600,
    description: "Seconds after which the wait fails if nothing more has become ready.",
  }),
};

/** Leaves out hosts that the run did not reach: they are reported as such and must not hold up the others. */
function reachedOf(nodes: readonly Host[], factsOf: (host: Host) => unknown): readonly Host[] {
  const reached = nodes.filter((node) => factsOf(node) !== undefined);
  return reached.length > 0 ? reached : nodes;
}

const propsFrom = ({ vars, inventory, factsOf }: RoleContext<Values<typeof waiting>>) => ({
  ...accessOf(vars, inventory),
  nodes: reachedOf(nodesOf(inventory), factsOf).map(({ name }) => name),
  timeout: vars.cluster_ready_timeout,
});

/** For use before the addons: from then on, there is a cluster to look at. */
export const nodesReady = defineRole({
  name: "nodes-ready",
  description: "Waits until all nodes are Ready.",
  vars: waiting,
  tasks: (context) => [readiness("Wait until nodes are Ready", { ...propsFrom(context), nodesOnly: true })],
});

export const clusterReady = defineRole({
  name: "cluster-ready",
  description:
    "Waits until the cluster can be used: all nodes are Ready, and the pod network, DNS and addons are complete.",
  vars: waiting,
  tasks: (context) => [readiness("Wait until nodes are Ready and their workloads complete", propsFrom(context))],
});
