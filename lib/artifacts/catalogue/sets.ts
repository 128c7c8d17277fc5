/**
 * What is got and built, in the order of need: what the hosts run, their caches of DNS, the ways to give pods their network,
 * DNS, the addons, and at last what only a person or a test runs.
 */
export const imageSets = [
  "base",
  "node-local-dns",
  "cilium",
  "hubble-relay",
  "dns",
  "metrics-server",
  "registry",
  "logging",
  "dashboard",
  "monitoring",
  "crictl",
  "samples",
  "e2e",
] as const;
export type ImageSet = (typeof imageSets)[number];

/** What every cluster has, or its variables decide. */
const ownSets = ["base", "cilium", "hubble-relay", "node-local-dns", "dns", "crictl", "samples"] as const;
/** What a person may ask for beside that. */
export const chosenSets = imageSets.filter(
  (set): set is Exclude<ImageSet, (typeof ownSets)[number]> => !ownSets.some((own) => own === set),
);

/** For sentences: "Fetch or build what … ". */
export const setNames: Readonly<Record<ImageSet, string>> = {
  base: "the hosts run",
  cilium: "Cilium needs",
  "hubble-relay": "Hubble's relay needs",
  "node-local-dns": "the nodes' DNS caches need",
  dns: "CoreDNS needs",
  crictl: "the command line of the container runtime needs",
  "metrics-server": "Metrics Server needs",
  registry: "the registry needs",
  logging: "logging needs",
  dashboard: "the dashboard needs",
  monitoring: "kube-prometheus needs",
  samples: "sample pods run",
  e2e: "the conformance tests need",
};

export const intersects = (some: readonly ImageSet[], others: readonly ImageSet[]): boolean =>
  some.some((one) => others.includes(one));
