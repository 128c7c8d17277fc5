import { Type } from "typebox";
import { defineRole, nthAddress } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { nodesOf } from "#cluster/members.ts";
import { clusterVariables } from "#cluster/variables.ts";
import { corefile } from "./corefile.ts";
import { corednsImageVariables, imageOf } from "#cluster/dns/image.ts";
import { deployment, labels } from "./deployment.ts";
import { rights } from "./rights.ts";

const name = "coredns";
const namespace = "kube-system";

/** It has the name and the labels that other tools expect. */
const service = (clusterIP: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "kube-dns",
    namespace,
    labels: { ...labels, "kubernetes.io/name": "CoreDNS", "app.kubernetes.io/name": name },
  },
  spec: {
    clusterIP,
    selector: labels,
    ports: [
      { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
      { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
    ],
  },
});

const disruptionBudget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name, namespace },
  spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
};

export const coredns = defineRole({
  name: "coredns",
  description: "The cluster's DNS: names of Services and pods, and all others through the nodes' name servers.",
  vars: {
    ...addonVariables,
    cluster_domain: clusterVariables.cluster_domain,
    service_cidr: clusterVariables.service_cidr,
    ...corednsImageVariables,
    coredns_replicas: Type.Integer({ default: 2, minimum: 1, description: "The minimum number of pods." }),
    coredns_nodes_per_replica: Type.Integer({
      default: 16,
      minimum: 1,
      description: "The number of nodes in the inventory per pod: 64 nodes have four pods.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    const file = corefile(vars.cluster_domain);
    const nodes = nodesOf(inventory).length;
    const byNodes = Math.ceil(nodes / vars.coredns_nodes_per_replica);
    const replicas = Math.max(vars.coredns_replicas, byNodes);
    const objects = [
      ...rights(name, namespace),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: file } },
      service(nthAddress(vars.service_cidr, 10)),
      disruptionBudget,
      deployment({ name, namespace, image: imageOf(vars), replicas, corefile: file, nodes }),
    ];
    return [manifests("Apply its objects", { ...accessOf(vars, inventory), set: name, objects })];
  },
});
