import { defineRole, directory, InputError, type Inventory, line } from "kubeplay";
import { cordon, drain } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { tokenId } from "#cluster/bootstrap-token.ts";
import { drainOptions, drainVariables } from "#cluster/drain-variables.ts";
import { initialCluster } from "#cluster/etcd-members.ts";
import { nodesOf } from "#cluster/members.ts";
import { pkiPath } from "#cluster/paths.ts";
import { removalVariables, withoutHost } from "#cluster/removal.ts";
import { etcdVariables, programVariables } from "#cluster/variables.ts";
import { removalCheck } from "./check.ts";
import { noEtcdMember } from "./etcd-member.ts";
import type { EtcdPlaces, Leaving } from "./etcd.ts";
import { stopControlPlane, stopMachine } from "./machine.ts";
import { noNodeObjects } from "./node-objects.ts";

const folder = import.meta.dirname;
const common = { ...addonVariables, ...removalVariables, ...etcdVariables, ...programVariables };

/** The masters that stay. Throws InputError if there is none. */
function placesOf(
  vars: Readonly<Record<"etcd_peer_port" | "etcd_client_port" | "etcd_metrics_port", number>> & {
    readonly remove: string;
  },
  inventory: Inventory,
): EtcdPlaces & Leaving {
  const others = withoutHost(inventory, vars.remove).group("masters");
  if (others.length === 0) {
    const message = `${vars.remove} is the only master: without it there is no cluster, and its data would be lost. Add masters first`;
    throw new InputError([{ message }]);
  }
  return {
    node: vars.remove,
    address: inventory.hosts.find(({ name }) => name === vars.remove)?.address,
    others: others.map(({ name, address }) => ({ name, address })),
    peerPort: vars.etcd_peer_port,
    clientPort: vars.etcd_client_port,
    metricsPort: vars.etcd_metrics_port,
  };
}

export const checkRemoval = defineRole({
  name: "removal-check",
  folder,
  description: "Checks that a node can leave the cluster, before anything is changed.",
  vars: common,
  tasks: ({ vars, host, inventory, factsOf }) => {
    const places = placesOf(vars, inventory);
    if (host.name === vars.remove) return [];
    return [
      removalCheck("Check that the node can leave", {
        ...places,
        access: accessOf(vars, withoutHost(inventory, vars.remove)),
        nodes: nodesOf(withoutHost(inventory, vars.remove)).map(({ name }) => name),
        reached: inventory.hosts.some((other) => other.name === vars.remove && factsOf(other) !== undefined),
        isLost: vars.remove_unreachable,
        losesVolumes: vars.remove_volumes,
      }).runOnce(),
    ];
  },
});

export const emptyNode = defineRole({
  name: "removal-drain",
  folder,
  description: "Drains the node that leaves; the pods of a machine that is off are only kept from coming back.",
  vars: { ...addonVariables, ...removalVariables, ...drainVariables },
  tasks: ({ vars, inventory }) => {
    const node = { ...accessOf(vars, withoutHost(inventory, vars.remove)), node: vars.remove };
    return vars.remove_unreachable
      ? [cordon("Cordon the node", node)]
      : [drain("Drain the node", { ...node, ...drainOptions(vars) })];
  },
});

export const leaveControlPlane = defineRole({
  name: "removal-control-plane",
  folder,
  description: "Stops the control plane of the machine that leaves, but for etcd.",
  vars: removalVariables,
  tasks: () => stopControlPlane,
});

export const leaveEtcd = defineRole({
  name: "removal-etcd",
  folder,
  description: "Removes the member of the node that leaves from etcd, where the others keep their majority.",
  vars: common,
  tasks: ({ vars, host, inventory }) =>
    host.name === vars.remove
      ? []
      : [
          noEtcdMember("Remove its etcd member", {
            ...placesOf(vars, inventory),
            etcdctl: `${vars.bin_dir}/etcdctl`,
            patience: vars.kube_api_patience,
          }).runOnce(),
          // A member reads the list only before it has data: nothing restarts for it, neither now nor in the next site.
          line("Take it out of the list of members", {
            path: "/etc/etcd/etcd.yaml",
            match: "^initial-cluster: ",
            line: `initial-cluster: ${initialCluster(placesOf(vars, inventory).others, vars.etcd_peer_port).join(",")}`,
          }),
        ],
});

export const stopPrograms = defineRole({
  name: "removal-machine",
  folder,
  description: "Stops the cluster's programs on the machine that leaves, and removes its keys and certificates.",
  vars: { ...removalVariables, bin_dir: programVariables.bin_dir, etcd_data_dir: etcdVariables.etcd_data_dir },
  tasks: ({ vars }) => stopMachine({ binDir: vars.bin_dir, etcdDataDir: vars.etcd_data_dir }),
});

export const forgetNode = defineRole({
  name: "removal-objects",
  folder,
  description: "Removes the node that leaves from the API, and its certificates from the controller.",
  vars: { ...addonVariables, ...removalVariables },
  tasks: ({ vars, inventory }) => [
    noNodeObjects("Remove the node and what belongs to it from the API", {
      ...accessOf(vars, withoutHost(inventory, vars.remove)),
      node: vars.remove,
      withVolumes: vars.remove_volumes,
      token: tokenId(vars.cluster_name, vars.remove),
    }),
    directory("Remove its certificates from the controller", {
      path: pkiPath(vars.cluster_name, vars.remove),
      state: "absent",
    }),
  ],
});
