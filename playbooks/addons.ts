import { play, playbook } from "#lib/dsl/index.ts";
import { clusterReady } from "#roles/cluster-ready/index.ts";
import { dashboard } from "#roles/dashboard/index.ts";
import { kubePrometheus } from "#roles/kube-prometheus/index.ts";
import { logging } from "#roles/logging/index.ts";
import { metricsServer } from "#roles/metrics-server/index.ts";
import { registry, registryTrust } from "#roles/registry/index.ts";

const roles = [metricsServer, registry, logging, dashboard, kubePrometheus];

/** What makes a cluster useful: each by its tag, which is its role's name, and all by the tag addons. */
export default playbook([
  play({
    name: "Addons",
    hosts: "localhost",
    tags: ["addons"],
    roles,
  }),
  play({
    name: "Every node trusts the registry",
    hosts: "masters:nodes",
    tags: ["addons"],
    roles: [registryTrust.tagged("registry")],
  }),
  play({
    name: "A cluster to use",
    hosts: "localhost",
    tags: ["addons"],
    roles: [clusterReady.tagged(...roles.map(({ name }) => name))],
  }),
]);
