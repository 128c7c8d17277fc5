import type { Values } from "#lib/schema/types.ts";
import { addonStates } from "#roles/addon/states.ts";
import { cniVariables } from "#roles/cluster/cni.ts";

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

/** The variables that decide what is got: each state brings the set of its addon. */
export const setVariables = { cni: cniVariables.cni, ...addonStates };
const setOf: Readonly<Record<keyof typeof addonStates, ImageSet>> = {
  metrics_server_state: "metrics-server",
  registry_state: "registry",
  logging_state: "logging",
  dashboard_state: "dashboard",
  kube_prometheus_state: "monitoring",
};

/** What the variables ask for. */
export const wantedSets = (
  vars: Values<typeof setVariables> & { readonly artifact_sets: readonly ImageSet[] },
): readonly ImageSet[] => [
  ...new Set([
    ...(vars.cni === "cilium" ? (["cilium"] as const) : []),
    ...(Object.keys(setOf) as (keyof typeof setOf)[])
      .filter((state) => vars[state] === "present")
      .map((state) => setOf[state]),
    ...vars.artifact_sets,
  ]),
];
