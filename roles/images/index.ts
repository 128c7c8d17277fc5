import { defineRole, type Role, type Values } from "kubeplay";
import { setNames, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { wantedSets } from "#cluster/artifact-sets.ts";
import { hostArchitectures, ofController, versionsOf } from "#artifacts/catalogue/wanted.ts";
import { imageSet } from "#artifacts/images/image-set.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";
import { imageVariables } from "#cluster/image-variables.ts";

/**
 * The controller makes and pushes the images, but the variables of the first master decide: the lab's hosts have a
 * registry to push to.
 */
export const imagesFor = (set: ImageSet): Role<Values<typeof imageVariables>> =>
  defineRole({
    name: "images",
    description: `Makes the images that ${setNames[set]} and pushes them to a registry under their official names, for a mirror.`,
    vars: imageVariables,
    tasks: ({ vars, inventory, varsOf }) => {
      const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
      const own = first ? varsOf(first) : vars;
      const architectures = hostArchitectures(own.artifact_architectures, ofController());
      const wanted = wantedSets(own);
      // An image that several sets have comes with the first of them.
      const recipes = recipesFor(wanted, versionsOf(own), architectures).filter(
        (recipe) => wanted.find((one) => recipe.for.includes(one)) === set,
      );
      return own.images_registry === "" || recipes.length === 0
        ? []
        : [
            imageSet(`Make and push the images that ${setNames[set]}`, {
              registry: own.images_registry,
              recipes,
            }),
          ];
    },
  });

/** The images that every host runs. */
export const hostImages = imagesFor("base");
