import type { Values } from "kubeplay";
import { addressesOf } from "#artifacts/catalogue/addresses.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { artifactVariables } from "#artifacts/catalogue/variables.ts";
import {
  hostArchitectures,
  ofController,
  versionsOf,
  want,
  type WantedComponent,
} from "#artifacts/catalogue/wanted.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import { parseReference, type ImageReference } from "#artifacts/images/reference.ts";
import { mirrored } from "#artifacts/sources/mirror.ts";
import { aptVariables } from "#cluster/apt-environment.ts";
import { wantedSets } from "#cluster/artifact-sets.ts";
import { containerdVariables } from "#cluster/containerd-variables.ts";
import { imagesFrom, madeHere, officialFor } from "#cluster/images-from.ts";
import { imageVariables } from "#cluster/image-variables.ts";
import { hasLab } from "#cluster/members.ts";
import { clusterVariables } from "#cluster/variables.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";

export const variables = {
  ...artifactVariables,
  ...imageVariables,
  ...aptVariables,
  cluster_name: clusterVariables.cluster_name,
  containerd_mirrors: containerdVariables.containerd_mirrors,
  containerd_sandbox_image: containerdVariables.containerd_sandbox_image,
};
export type Vars = Values<typeof variables>;

/** The components of the catalogue that a site with these variables gets, and that have releases. */
export function componentsOf(vars: Vars, inventory: LoadedInventory): readonly WantedComponent[] {
  const architectures = hostArchitectures(vars.artifact_architectures, ofController());
  const sets = wantedSets(vars);
  const images = vars.images_registry === "" ? undefined : imagesFrom(vars, inventory);
  const versions = versionsOf(vars);
  const recipes = images === "build" ? madeHere(sets, versions, architectures, inventory) : [];
  const needed = neededComponents(sets, { lab: hasLab(inventory), recipes, copiesImages: images === "official" });
  return catalogue
    .filter(({ name, upstream }) => upstream !== undefined && needed.includes(name))
    .flatMap((component) =>
      (component.onController ? [ofController()] : architectures).map((one) => want(component, versions, one)),
    );
}

/** The images of which programs are a part, as far as their names tell a registry. */
export const imagesWith = (
  wanted: readonly WantedComponent[],
  options: Parameters<typeof mirrored>[2],
): ImageReference[] => {
  const names = wanted
    .flatMap(addressesOf)
    .flatMap((one) => (one.kind === "image" ? [mirrored(one.address, one.wanted, options)] : []));
  return [...new Set(names)].map(parseReference);
};

/** The official images that the controller copies to images_registry. */
export const copiedBy = (vars: Vars, inventory: LoadedInventory): readonly ImageReference[] =>
  vars.images_registry !== "" && imagesFrom(vars, inventory) === "official"
    ? officialFor(wantedSets(vars), vars, versionsOf(vars))
    : [];

/** The official images that a site with these variables runs, wherever they come from. */
export const imagesOf = (vars: Vars): readonly ImageReference[] =>
  officialFor(wantedSets(vars), vars, versionsOf(vars));
