import type { Values } from "kubeplay";
import { imageSets, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { addonStates } from "./addon/states.ts";
import { cniVariables } from "./cni.ts";
import { nodeLocalVariables } from "./node-local.ts";

/** The variables that decide which artifacts are fetched: each state adds the set of its addon. */
export const setVariables = {
  cni: cniVariables.cni,
  cilium_hubble_relay: cniVariables.cilium_hubble_relay,
  node_local_dns: nodeLocalVariables.node_local_dns,
  ...addonStates,
};
const setOf: Readonly<Record<keyof typeof addonStates, ImageSet>> = {
  storage_state: "storage",
  metrics_server_state: "metrics-server",
  registry_state: "registry",
  logging_state: "logging",
  dashboard_state: "dashboard",
  kube_prometheus_state: "monitoring",
};

/** The sets that the variables require, in the order of need. */
export function wantedSets(
  vars: Values<typeof setVariables> & { readonly artifact_sets: readonly ImageSet[] },
): readonly ImageSet[] {
  const wanted = new Set<ImageSet>([
    ...(["base", "dns", "crictl", "samples"] as const),
    ...(vars.cni === "cilium" ? (["cilium"] as const) : []),
    ...(vars.cni === "cilium" && vars.cilium_hubble_relay ? (["hubble-relay"] as const) : []),
    ...(vars.node_local_dns ? (["node-local-dns"] as const) : []),
    ...(Object.keys(setOf) as (keyof typeof setOf)[])
      .filter((state) => vars[state] === "present")
      .map((state) => setOf[state]),
    ...vars.artifact_sets,
  ]);
  // An API has one server: with Metrics Server, kube-prometheus has no adapter.
  if (wanted.has("monitoring") && vars.metrics_server_state !== "present") wanted.add("metrics-adapter");
  return imageSets.filter((set) => wanted.has(set));
}
