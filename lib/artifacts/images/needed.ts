import { PlayError } from "#engine/errors.ts";
import { artifactsOf, type Recipe } from "./recipe.ts";
import { catalogue } from "../catalogue/index.ts";
import type { ImageSet } from "../catalogue/sets.ts";

/** What the hosts of a play make of the artifacts. */
export interface Uses {
  /** Whether there is a lab, whose registry runs on the controller. */
  readonly lab: boolean;
  /** Of the images that are made here; none where they come from elsewhere. */
  readonly recipes: readonly Recipe[];
}

/** What hosts run, and what deploys the others, whoever gives their images. */
const ofSets: Readonly<Partial<Record<ImageSet, readonly string[]>>> = {
  base: ["kubernetes", "etcd", "containerd", "cni-plugins"],
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
  throw new PlayError(`no component of the catalogue has ${artifact}`);
}

const componentsOf = (set: ImageSet, { lab, recipes }: Uses): string[] => [
  ...(ofSets[set] ?? []),
  ...(set === "base" && lab ? ["lab-registry"] : []),
  ...recipes
    .filter((recipe) => recipe.for.includes(set))
    .flatMap(artifactsOf)
    .map(componentOf),
];

/** The catalogue's components that are used at all, in the order of the sets: what nobody runs is neither fetched nor built. */
export const neededComponents = (sets: readonly ImageSet[], uses: Uses): string[] => [
  ...new Set(sets.flatMap((set) => componentsOf(set, uses))),
];
