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
