import path from "node:path";
import type { Inventory, Values } from "kubeplay";
import { ofController, versionsOf, type Versions } from "#artifacts/catalogue/wanted.ts";
import { intersects, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { imageName, type Recipe } from "#artifacts/images/recipe.ts";
import { officialImages, parseReference, type ImageReference } from "#artifacts/images/reference.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";
import type { RegistryAddress } from "#artifacts/images/registry-client.ts";
import { wantedSets } from "./artifact-sets.ts";
import type { imageSourceVariables, imageVariables } from "./image-variables.ts";
import { hasLab } from "./members.ts";

export type ImagesFrom = "official" | "build" | "directory";
type SourceVars = Values<typeof imageSourceVariables>;

/** Where images come from that are pushed to a registry, or packed into a bundle. */
export function imagesFrom(
  { images_source, artifact_source }: Pick<SourceVars, "images_source" | "artifact_source">,
  inventory: Inventory,
): ImagesFrom {
  if (images_source !== "auto") return images_source;
  if (artifact_source === "directory") return "directory";
  return hasLab(inventory) ? "build" : "official";
}

/** Whether hosts may get an image that was made here: its tag is right, and its digest is not the official one. */
export const mayBeMadeHere = (vars: SourceVars, inventory: Inventory): boolean =>
  vars.images_registry !== "" && imagesFrom(vars, inventory) !== "official";

/** The recipes of the images that are made here. Outside the lab, nothing goes by the official name of what it is not. */
export const madeHere = (
  sets: readonly ImageSet[],
  versions: Versions,
  architectures: readonly string[],
  inventory: Inventory,
): readonly Recipe[] =>
  recipesFor(sets, versions, architectures).filter(({ standIn }) => standIn === undefined || hasLab(inventory));

/**
 * Whether images are made here, as far as the variables tell: also those of a directory of binaries that come from no
 * registry of your own.
 */
export const imagesAreMade = (vars: SourceVars, inventory: Inventory): boolean =>
  vars.images_registry === "" ? vars.artifact_source === "directory" : imagesFrom(vars, inventory) === "build";

/** Images that are to be made here although they cannot be, with the reason; none in the lab, which has stand-ins. */
export function standInsFor(
  vars: SourceVars & Parameters<typeof wantedSets>[0] & Parameters<typeof versionsOf>[0],
  inventory: Inventory,
): readonly { readonly name: string; readonly reason: string }[] {
  if (vars.images_registry === "" || imagesFrom(vars, inventory) !== "build" || hasLab(inventory)) return [];
  return recipesFor(wantedSets(vars), versionsOf(vars), [ofController()]).flatMap((recipe) =>
    recipe.standIn === undefined ? [] : [{ name: imageName(recipe), reason: recipe.standIn }],
  );
}

/** The official images that hosts with these sets pull. */
export function officialFor(
  sets: readonly ImageSet[],
  vars: Pick<Values<typeof imageVariables>, "cilium_l7_proxy" | "cilium_envoy_image">,
  versions: Versions,
): readonly ImageReference[] {
  const envoy = vars.cilium_l7_proxy && intersects(sets, ["cilium"]) ? [parseReference(vars.cilium_envoy_image)] : [];
  return [...officialImages(recipesFor(sets, versions, [ofController()])), ...envoy];
}

export const registryOf = ({ images_registry, images_registry_ca }: SourceVars): RegistryAddress => ({
  registry: images_registry,
  ...(images_registry_ca === "" ? {} : { ca: path.resolve(images_registry_ca) }),
});

/** The images in an unpacked bundle. */
export const layoutOf = ({ artifact_directory }: Pick<SourceVars, "artifact_directory">): string =>
  path.resolve(artifact_directory, "images");
