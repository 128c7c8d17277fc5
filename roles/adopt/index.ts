import { defineRole, register } from "kubeplay";
import { apiserversOf } from "#cluster/members.ts";
import { clusterVariables, patienceVariables, pkiVariables } from "#cluster/variables.ts";
import { leaves } from "#cluster/certificate-table.ts";
import { clusterPart, nothingToLose } from "./cluster-part.ts";
import type { HostPart } from "./findings.ts";
import { hostPart } from "./host-part.ts";

const part = register<HostPart>("what a host has of the controller's folder");

/** On the controller, first. */
export const adoptCheck = defineRole({
  name: "adopt-check",
  folder: import.meta.dirname,
  description: "Refuses to adopt a cluster whose keys the controller has.",
  vars: { cluster_name: clusterVariables.cluster_name },
  tasks: ({ vars }) => [nothingToLose("Check that the controller's folder is lost", { cluster: vars.cluster_name })],
});

/** On every host. */
export const adoptHost = defineRole({
  name: "adopt-host",
  folder: import.meta.dirname,
  description: "Reads the certificates and keys that the controller had issued for this host.",
  vars: {},
  tasks: ({ host }) => [hostPart("Read the host's certificates and keys", { host: host.name }).register(part)],
});

/** On the controller, at the end. */
export const adoptCluster = defineRole({
  name: "adopt-cluster",
  folder: import.meta.dirname,
  description: "Rebuilds the controller's folder of certificates and keys from what hosts and the API have of it.",
  vars: {
    ...clusterVariables,
    kube_api_patience: patienceVariables.kube_api_patience,
    pki_algorithm: pkiVariables.pki_algorithm,
    pki_leaf_days: pkiVariables.pki_leaf_days,
    pki_external: pkiVariables.pki_external,
  },
  tasks: ({ vars, inventory }) => {
    const masters = inventory.group("masters");
    const rows = leaves({ masters, domain: vars.cluster_domain, serviceCidr: vars.service_cidr, extraSans: [] });
    return [
      clusterPart("Rebuild the controller's folder", {
        cluster: vars.cluster_name,
        servers: apiserversOf(inventory, vars.kube_apiserver_port),
        patience: vars.kube_api_patience,
        external: vars.pki_external,
        signed: {
          users: rows.filter(({ name }) => name === "admin" || name === "super-admin"),
          algorithm: vars.pki_algorithm,
          days: vars.pki_leaf_days,
        },
        ...Object.fromEntries(
          inventory.hosts
            .filter(({ name }) => name !== "localhost")
            .map((host) => [`host ${host.name}`, part.on(host).or(undefined)] as const),
        ),
      }),
    ];
  },
});
