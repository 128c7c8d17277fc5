import { barrier, defineRole } from "kubeplay";
import { apiserversOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { keptOn, keptVersions, rollbackAllowed, whatIsKept } from "#cluster/upgrade/rollback.ts";
import { serviceVariables } from "#cluster/upgrade/upgraded.ts";
import { allServices } from "./services.ts";

export const rollbackCheck = defineRole({
  name: "rollback-check",
  folder: import.meta.dirname,
  description: "Checks that the last upgrade of the hosts can be put back, before anything is.",
  vars: serviceVariables,
  tasks: (context) => {
    const { vars, inventory } = context;
    if (!vars.rollback) return [];
    const hosts = [...new Set([...inventory.group("masters"), ...inventory.group("nodes")].map(({ name }) => name))];
    return [
      whatIsKept("Look what the host has kept", { services: allServices(context) }).register(keptVersions),
      barrier("Wait until every host has looked"),
      rollbackAllowed("Check that these hosts may go back", {
        kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
        servers: apiserversOf(inventory, vars.kube_apiserver_port),
        ...Object.fromEntries(hosts.map((name) => [keptOn(name), keptVersions.on(name).or(undefined)] as const)),
      }).runOnce(),
    ];
  },
});
