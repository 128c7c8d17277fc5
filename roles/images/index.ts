import { defineRole, type Role, type Values } from "#lib/dsl/index.ts";
import { setNames, wantedSets, type ImageSet } from "#roles/artifacts/sets.ts";
import { hostArchitectures, ofController, versionsOf } from "#roles/artifacts/wanted.ts";
import { imageSet } from "./image-set.ts";
import { recipesFor } from "./recipes.ts";
import { imageVariables } from "./variables.ts";

/** Made and pushed by the controller, but by the variables of the first master: the lab's hosts have a registry to push to. */
export const imagesFor = (set: ImageSet): Role<Values<typeof imageVariables>> =>
  defineRole({
    name: "images",
    description: `Makes the images that ${setNames[set]} and pushes them to a registry: under their official names, for a mirror.`,
    vars: imageVariables,
    tasks: ({ vars, inventory, varsOf }) => {
      const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
      const own = first ? varsOf(first) : vars;
      const architectures = hostArchitectures(own.artifact_architectures, ofController());
      const wanted = wantedSets(own);
      // What several sets have comes with the first of them.
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

/** Those that each host runs. */
export const hostImages = imagesFor("base");
