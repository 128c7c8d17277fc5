import { defineRole, type Role, type Values } from "kubeplay";
import { setNames, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { wantedSets } from "#cluster/artifact-sets.ts";
import { hostArchitectures, ofController, ownArchitecture, versionsOf } from "#artifacts/catalogue/wanted.ts";
import { imageCopies } from "#artifacts/images/image-copies.ts";
import { imageSet } from "#artifacts/images/image-set.ts";
import { imagesFrom, layoutOf, madeHere, officialFor, registryOf } from "#cluster/images-from.ts";
import { imageVariables } from "#cluster/image-variables.ts";

/**
 * The controller makes or copies, and pushes, the images, but the variables of the first master decide: the lab's hosts
 * have a registry to push to.
 */
export const imagesFor = (set: ImageSet): Role<Values<typeof imageVariables>> =>
  defineRole({
    name: "images",
    description: `Makes or copies the images that ${setNames[set]} and pushes them to a registry under their official names, for a mirror.`,
    vars: imageVariables,
    tasks: ({ vars, inventory, varsOf }) => {
      const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
      const own = first ? varsOf(first) : vars;
      if (own.images_registry === "") return [];
      const wanted = wantedSets(own);
      const versions = versionsOf(own);
      const registry = registryOf(own);
      const from = imagesFrom(own, inventory);
      if (from === "build") {
        const architectures = hostArchitectures(own.artifact_architectures, ofController());
        const recipes = madeHere(wanted, versions, architectures, inventory);
        // An image that several sets have comes with the first of them.
        const ofSet = recipes.filter((recipe) => wanted.find((one) => recipe.for.includes(one)) === set);
        return ofSet.length === 0
          ? []
          : [imageSet(`Make and push the images that ${setNames[set]}`, { ...registry, recipes: ofSet })];
      }
      const images = wanted.includes(set) ? officialFor([set], own, versions) : [];
      return images.length === 0
        ? []
        : [
            imageCopies(`Copy the official images that ${setNames[set]}`, {
              ...registry,
              images,
              from:
                from === "directory"
                  ? { layout: layoutOf(own) }
                  : { crane: `crane@${own.crane_version}/${ownArchitecture}` },
            }),
          ];
    },
  });

/** The images that every host runs. */
export const hostImages = imagesFor("base");
