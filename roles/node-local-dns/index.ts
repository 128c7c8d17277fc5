import { defineRole, service, unit, wait } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { nthAddress } from "#engine/schema/cidr.ts";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { clusterVariables, patienceVariables } from "#cluster/variables.ts";
import { imageOf, corednsImageVariables } from "#cluster/dns/image.ts";
import { objects, readyUrl } from "./objects.ts";
import { addressUnit, unitName } from "./unit.ts";
import { cacheAddress, nodeLocalVariables } from "#cluster/node-local.ts";

const name = "node-local-dns";
const vars = {
  ...nodeLocalVariables,
  ...addonVariables,
};

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
          // Until the next boot, which gives pods other name servers, the address refuses questions, and pods ask elsewhere.
          service("Have the address no more at boot", { name: unitName, enabled: false }),
          unit("Remove the unit of its address", { name: unitName, state: "absent" }),
        ],
}).tagged(name);

export const nodeLocalDns = defineRole({
  name,
  description: "A cache of DNS on every node, where there shall be one.",
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
/** A kubelet that does not run yet brings the cache itself, and one that names the address already needs no leave. */
const mayBeNamed = `! systemctl is-active --quiet kubelet || grep -qF ${cacheAddress} ${config} || curl -fsS --max-time 15 -o /dev/null ${readyUrl}`;

export const nodeLocalAnswers = defineRole({
  name: "node-local-answers",
  description: "Lets a kubelet name the cache to its pods once it answers on that node.",
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
  description: "Takes the caches away where there shall be none, once no kubelet names them any more.",
  vars,
  tasks: ({ vars, inventory }) =>
    vars.node_local_dns
      ? []
      : [manifests("Take it away", { ...accessOf(vars, inventory), set: name, state: "absent" })],
}).tagged(name);
