import { defineRole } from "kubeplay";
import { nodesOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { mastersThatStay, resetHosts, resetVariables } from "#cluster/reset.ts";
import { clusterVariables, etcdVariables } from "#cluster/variables.ts";
import { endpoint } from "#cluster/urls.ts";
import { clusterCheck, membersCheck } from "./check.ts";

const names = (hosts: readonly { readonly name: string }[]): string[] => hosts.map(({ name }) => name);

export const checkReset = defineRole({
  name: "reset-check",
  folder: import.meta.dirname,
  description: "Refuses to reset hosts that a cluster still uses.",
  vars: {
    ...resetVariables,
    cluster_name: clusterVariables.cluster_name,
    kube_apiserver_port: clusterVariables.kube_apiserver_port,
  },
  tasks: ({ vars, inventory }) => {
    const hosts = resetHosts(inventory);
    const masters = mastersThatStay(inventory);
    return [
      clusterCheck("Check that no cluster uses the hosts", {
        cluster: vars.cluster_name,
        hosts: names(hosts),
        masters: names(masters),
        nodes: names(nodesOf(inventory).filter((node) => !hosts.includes(node) && !masters.includes(node))),
        question: {
          kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
          servers: masters.map(({ address }) => `https://${endpoint(address, vars.kube_apiserver_port)}`),
        },
        confirmed: vars.reset_cluster,
      }),
    ];
  },
});

export const checkResetMembers = defineRole({
  name: "reset-check-members",
  folder: import.meta.dirname,
  description: "Refuses to reset masters that are still members of etcd.",
  vars: { reset: resetVariables.reset, etcd_peer_port: etcdVariables.etcd_peer_port },
  tasks: ({ vars, host, inventory }) => {
    const masters = inventory.group("masters");
    const leaving = resetHosts(inventory).filter((one) => masters.includes(one));
    return leaving.length === 0
      ? []
      : [
          membersCheck("Check that etcd does not have them as members", {
            address: host.address,
            port: vars.etcd_peer_port,
            leaving: leaving.map(({ name, address }) => ({ name, address })),
          }),
        ];
  },
});
