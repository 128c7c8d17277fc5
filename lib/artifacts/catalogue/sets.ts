/**
 * The sets of artifacts and images, in the order of need: the programs of the hosts, their DNS caches, the pods'
 * network, DNS, volumes, the other addons, and last those that only users or tests run.
 */
export const imageSets = [
  "base",
  "node-local-dns",
  "cilium",
  "hubble-relay",
  "dns",
  "storage",
  "metrics-server",
  "registry",
  "logging",
  "dashboard",
  "monitoring",
  "metrics-adapter",
  "crictl",
  "samples",
  "e2e",
] as const;
export type ImageSet = (typeof imageSets)[number];

/** Sets that every cluster has, or that other variables decide. */
const ownSets = [
  ...(["base", "cilium", "hubble-relay", "node-local-dns", "dns", "metrics-adapter", "crictl", "samples"] as const),
];
/** Sets that a user can request in addition. */
export const chosenSets = imageSets.filter(
  (set): set is Exclude<ImageSet, (typeof ownSets)[number]> => !ownSets.some((own) => own === set),
);

/** For sentences: "Fetch or build the artifacts that …". */
export const setNames: Readonly<Record<ImageSet, string>> = {
  base: "the hosts run",
  cilium: "Cilium needs",
  "hubble-relay": "Hubble's relay needs",
  "node-local-dns": "the nodes' DNS caches need",
  dns: "CoreDNS needs",
  crictl: "crictl needs",
  "metrics-server": "Metrics Server needs",
  storage: "volumes need",
  registry: "the registry needs",
  logging: "logging needs",
  dashboard: "the dashboard needs",
  monitoring: "kube-prometheus needs",
  "metrics-adapter": "kube-prometheus needs without Metrics Server",
  samples: "sample pods run",
  e2e: "the conformance tests need",
};

export const intersects = (some: readonly ImageSet[], others: readonly ImageSet[]): boolean =>
  some.some((one) => others.includes(one));
