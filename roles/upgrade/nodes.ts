import { block, defineResource, defineRole, type Host, type Inventory, type Values } from "kubeplay";
import { Type } from "typebox";
import { checkLosses, drain, type DrainProps } from "#kubernetes/drain/drain.ts";
import { nodeState } from "#kubernetes/drain/node-state.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";
import { drainOptions, drainVariables } from "#cluster/drain-variables.ts";
import { apiserversOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { begunFile, hasKept, type Upgradable } from "#cluster/upgrade/kept.ts";
import { backInService, outOfService } from "#cluster/upgrade/node-service.ts";
import { outdated } from "#cluster/upgrade/outdated.ts";
import { podsBack } from "#cluster/upgrade/pods-back.ts";
import { stop } from "#cluster/upgrade/stop.ts";
import { serviceVariables } from "#cluster/upgrade/upgraded.ts";
import { clusterVariables, patienceVariables } from "#cluster/variables.ts";
import { containerdService, kubeletService, kubeProxyService } from "./services.ts";

const access = {
  cluster_name: clusterVariables.cluster_name,
  kube_apiserver_port: clusterVariables.kube_apiserver_port,
  ...patienceVariables,
};
const outVariables = {
  ...serviceVariables,
  ...access,
  ...drainVariables,
  upgrade_batch: Type.String({
    pattern: "^[1-9][0-9]*%?$",
    default: "1",
    description:
      "How many nodes an upgrade takes out of service at the same time, as a number or a percentage of all nodes.",
  }),
};

const toApi = (vars: Values<typeof access>, host: Host, inventory: Inventory) => ({
  node: host.name,
  kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
  servers: apiserversOf(inventory, vars.kube_apiserver_port),
  patience: vars.kube_api_patience,
});

const services = [containerdService, kubeletService, kubeProxyService];

const nodeChanges = (changed: readonly Upgradable[]) =>
  outdated("Look whether the node changes", { programs: changed.flatMap(({ programs }) => programs) });

/** Fails if a drain of the node would refuse to begin: better now than in the middle of an upgrade. */
const drainable = defineResource({
  kind: "drainable node",
  label: ({ node }: Omit<DrainProps, "timeout">) => node,
  needs: (p) => ({ node: nodeState(p) }),
  diff: ({ node }, p) => {
    if (node.type === "unreachable") throw unreachable(node);
    if (node.type === "present") checkLosses(node, p);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
});

export const nodeCanBeDrained = defineRole({
  name: "node-can-be-drained",
  folder: import.meta.dirname,
  description: "Checks that the nodes that an upgrade will drain can be drained.",
  vars: outVariables,
  tasks: (context) => {
    const { vars, host, inventory } = context;
    const changing = nodeChanges(services.map(({ of }) => of(context)));
    const { barePods, emptyDirData } = drainOptions(vars);
    const losses = { barePods: barePods ?? false, emptyDirData: emptyDirData ?? false };
    return [
      changing,
      drainable("Check that no pod would be lost", { ...toApi(vars, host, inventory), ...losses }).when(
        changing.output,
      ),
    ];
  },
});

export const nodeOutOfService = defineRole({
  name: "node-out-of-service",
  folder: import.meta.dirname,
  description: "Cordons and drains a node whose programs will change.",
  vars: outVariables,
  tasks: (context) => {
    const { vars, host, inventory } = context;
    const changed = services.map(({ of }) => of(context));
    const changing = vars.rollback
      ? hasKept("Look whether the node can be put back", { services: changed })
      : nodeChanges(changed);
    const api = toApi(vars, host, inventory);
    return [
      changing,
      block(
        "Drain the node",
        outOfService("Take the node out of service", { ...api, begun: begunFile(containerdService.of(context)) }),
        drain("Drain the node", { ...api, ...drainOptions(vars) }),
      )
        .when(changing.output)
        .rescue(
          backInService("Take the node back into service", api),
          stop("Stop the upgrade", { host: host.name, what: "The drain", ...api }),
        ),
    ];
  },
});

export const nodeBackInService = defineRole({
  name: "node-back-in-service",
  folder: import.meta.dirname,
  description: "Ends what node-out-of-service began, and waits until the node is Ready and has its pods.",
  vars: access,
  tasks: ({ vars, host, inventory }) => {
    const api = toApi(vars, host, inventory);
    return [
      backInService("Take the node back into service", api),
      podsBack("Wait until the node is Ready and has its pods", { ...api, timeout: vars.component_patience }),
    ];
  },
});
