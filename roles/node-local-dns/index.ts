import { defineRole, nthAddress, service, unit, wait } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { noUnit } from "#cluster/undo/programs.ts";
import { clusterVariables, patienceVariables } from "#cluster/variables.ts";
import { imageOf, corednsImageVariables } from "#cluster/dns/image.ts";
import { objects, readyUrl } from "./objects.ts";
import { cacheAddress, nodeLocalVariables } from "#cluster/node-local.ts";

const unitName = "kubeplay-dns-address.service";

const name = "node-local-dns";
const vars = {
  ...nodeLocalVariables,
  ...addonVariables,
};

export const nodeLocalAddress = defineRole({
  name: "node-local-address",
  description: "The address of a node's own DNS cache, if node_local_dns is true.",
  folder: import.meta.dirname,
  vars: nodeLocalVariables,
  // Its stop takes the address away.
  undo: () => noUnit(unitName),
  tasks: ({ vars }) =>
    vars.node_local_dns
      ? [
          unit("Write the unit of its address", {
            name: unitName,
            src: "kubeplay-dns-address.service.hbs",
            values: { address: cacheAddress },
          }),
          service("Add the address now and at boot", { name: unitName, state: "started", enabled: true }),
        ]
      : [
          // The address stays until the next boot, which gives pods other name servers. Until then it refuses queries,
          // and pods ask the next server.
          service("Do not add the address at boot", { name: unitName, enabled: false }),
          unit("Remove the unit of its address", { name: unitName, state: "absent" }),
        ],
}).tagged(name);

export const nodeLocalDns = defineRole({
  name,
  description: "A DNS cache on every node, if node_local_dns is true.",
  vars: {
    ...vars,
    ...corednsImageVariables,
    cluster_domain: clusterVariables.cluster_domain,
    service_cidr: clusterVariables.service_cidr,
  },
  tasks: ({ vars, inventory }) =>
    vars.node_local_dns
      ? [
          manifests("Apply its objects", {
            ...accessOf(vars, inventory),
            set: name,
            objects: objects({
              name,
              namespace: "kube-system",
              image: imageOf(vars),
              domain: vars.cluster_domain,
              upstream: nthAddress(vars.service_cidr, 10),
            }),
          }),
        ]
      : [],
});

const config = "/etc/kubernetes/kubelet.json";
/** A kubelet that does not run yet starts the cache itself, and one that already names the address may keep it. */
const mayBeNamed = `! systemctl is-active --quiet kubelet || grep -qF ${cacheAddress} ${config} || curl -fsS --max-time 15 -o /dev/null ${readyUrl}`;

export const nodeLocalAnswers = defineRole({
  name: "node-local-answers",
  description: "Waits until the cache answers on a node, before the kubelet names it to its pods.",
  vars: { ...nodeLocalVariables, component_patience: patienceVariables.component_patience },
  tasks: ({ vars }) =>
    vars.node_local_dns
      ? [
          wait("Wait until the cache answers", {
            what: `the DNS cache answers at ${cacheAddress} (npm run kubectl -- -n kube-system describe pods -l k8s-app=${name})`,
            until: mayBeNamed,
            timeout: vars.component_patience,
          }),
        ]
      : [],
}).tagged(name);

export const nodeLocalAbsent = defineRole({
  name: "node-local-absent",
  description: "Removes the caches if node_local_dns is false, after the kubelets have stopped naming them.",
  vars,
  tasks: ({ vars, inventory }) =>
    vars.node_local_dns
      ? []
      : [manifests("Remove its objects", { ...accessOf(vars, inventory), set: name, state: "absent" })],
}).tagged(name);
