/** What a cluster may have beside itself: each brings programs, charts and images of its own. */
export const imageSets = [
  "base",
  "cilium",
  "metrics-server",
  "monitoring",
  "logging",
  "registry",
  "dashboard",
  "e2e",
] as const;
export type ImageSet = (typeof imageSets)[number];

export const intersects = (some: readonly ImageSet[], others: readonly ImageSet[]): boolean =>
  some.some((one) => others.includes(one));

/** What the variables ask for: who gives pods their network says a part of it. */
export const wantedSets = (vars: { readonly cni: string; readonly artifact_sets: readonly ImageSet[] }): ImageSet[] => [
  ...(vars.cni === "cilium" ? (["cilium"] as const) : []),
  ...vars.artifact_sets,
];
