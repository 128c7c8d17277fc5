import { PlayError } from "#engine/errors.ts";
import { artifactsOf, type Recipe } from "./recipe.ts";
import { catalogue } from "../catalogue/index.ts";
import type { ImageSet } from "../catalogue/sets.ts";

/** How the hosts of a play use artifacts. */
export interface Uses {
  /** Whether there is a lab, whose registry runs on the controller. */
  readonly lab: boolean;
  /** Recipes of the images that are made here; empty if images come from elsewhere. */
  readonly recipes: readonly Recipe[];
  /** Whether official images are copied, which crane does. */
  readonly copiesImages?: boolean;
}

/** Components that hosts run, and components that deploy the rest, wherever the images come from. */
const ofSets: Readonly<Partial<Record<ImageSet, readonly string[]>>> = {
  base: ["kubernetes", "etcd", "containerd", "runc", "cni-plugins"],
  crictl: ["crictl"],
  cilium: ["cilium-chart", "helm"],
  "metrics-server": ["helm", "metrics-server-chart"],
  monitoring: ["kube-prometheus-manifests"],
  e2e: ["e2e"],
};

function componentOf(artifact: string): string {
  const name = artifact.slice(0, artifact.indexOf("@"));
  const component = catalogue.find(({ binaries }) => binaries.includes(name));
  if (component) return component.name;
  throw new PlayError(`no component of the catalogue provides ${artifact}`);
}

const componentsOf = (set: ImageSet, { lab, recipes, copiesImages }: Uses): string[] => [
  ...(ofSets[set] ?? []),
  ...(set === "base" && copiesImages ? ["crane"] : []),
  ...(set === "base" && lab ? ["lab-registry"] : []),
  ...recipes
    .filter((recipe) => recipe.for.includes(set))
    .flatMap(artifactsOf)
    .map(componentOf),
];

/** The catalogue's components in use, in the order of the sets. Unused components are neither fetched nor built. */
export const neededComponents = (sets: readonly ImageSet[], uses: Uses): string[] => [
  ...new Set(sets.flatMap((set) => componentsOf(set, uses))),
];
