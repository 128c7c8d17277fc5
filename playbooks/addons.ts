import { play, playbook, type Role } from "kubeplay";
import { artifactsFor } from "#roles/artifacts/index.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import { clusterReady } from "#roles/cluster-ready/index.ts";
import { dashboard } from "#roles/dashboard/index.ts";
import { imagesFor } from "#roles/images/index.ts";
import { kubePrometheus } from "#roles/kube-prometheus/index.ts";
import { logging } from "#roles/logging/index.ts";
import { metricsServer } from "#roles/metrics-server/index.ts";
import { registry, registryTrust } from "#roles/registry/index.ts";
import { storage } from "#roles/storage/index.ts";

/** The addons. Each is preceded by the programs, charts and images that it needs. */
const addons: readonly (readonly [role: Role, ...sets: ImageSet[]])[] = [
  [storage, "storage"],
  [metricsServer, "metrics-server"],
  [registry, "registry"],
  [logging, "logging"],
  [dashboard, "dashboard"],
  [kubePrometheus, "monitoring", "metrics-adapter"],
];

/** Plays all addons. The tag addons selects all of them, the name of a role selects one. */
export default playbook([
  play({
    name: "Addons",
    hosts: "localhost",
    tags: ["addons"],
    roles: addons.flatMap(([role, ...sets]) => [
      ...sets.flatMap((set) => [artifactsFor(set).tagged(role.name), imagesFor(set).tagged(role.name)]),
      role,
    ]),
  }),
  play({
    name: "Every node trusts the registry",
    hosts: "masters:nodes",
    tags: ["addons"],
    roles: [registryTrust.tagged("registry")],
  }),
  play({
    name: "The cluster is ready",
    hosts: "localhost",
    tags: ["addons"],
    roles: [clusterReady.tagged(...addons.map(([{ name }]) => name))],
  }),
]);
