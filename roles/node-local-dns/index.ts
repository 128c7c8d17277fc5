import { defineRole } from "#lib/dsl/index.ts";
import { manifests, service, unit } from "#lib/resources/index.ts";
import { nthAddress } from "#lib/schema/cidr.ts";
import { accessOf } from "#roles/addon/access.ts";
import { clusterVariables } from "#roles/cluster/variables.ts";
import { imageOf, corednsImageVariables } from "#roles/coredns/image.ts";
import { objects } from "./objects.ts";
import { addressUnit, unitName } from "./unit.ts";
import { nodeLocalVariables } from "#roles/cluster/node-local.ts";

const name = "node-local-dns";

export const nodeLocalAddress = defineRole({
  name: "node-local-address",
  description: "The address at which a node's own DNS cache answers, where there shall be one.",
  vars: nodeLocalVariables,
  tasks: ({ vars }) =>
    vars.node_local_dns
      ? [
          unit("Write the unit of its address", { name: unitName, content: addressUnit }),
          service("Have the address now and at boot", { name: unitName, state: "started", enabled: true }),
        ]
      : [
          service("Take the address away", { name: unitName, state: "stopped", enabled: false }),
          unit("Remove the unit of its address", { name: unitName, state: "absent" }),
        ],
});

export const nodeLocalDns = defineRole({
  name,
  description: "A cache of DNS on every node, where there shall be one.",
  vars: {
    ...nodeLocalVariables,
    ...corednsImageVariables,
    cluster_name: clusterVariables.cluster_name,
    cluster_domain: clusterVariables.cluster_domain,
    service_cidr: clusterVariables.service_cidr,
    kube_apiserver_port: clusterVariables.kube_apiserver_port,
  },
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    if (!vars.node_local_dns) return [manifests("Take it away", { ...access, set: name, state: "absent" })];
    return [
      manifests("Apply its objects", {
        ...access,
        set: name,
        objects: objects({
          name,
          namespace: "kube-system",
          image: imageOf(vars),
          domain: vars.cluster_domain,
          upstream: nthAddress(vars.service_cidr, 10),
        }),
      }),
    ];
  },
});
