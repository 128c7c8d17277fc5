import { defineRole } from "#lib/dsl/index.ts";
import { wantedSets } from "#roles/artifacts/sets.ts";
import { hostArchitectures, ofController, ownArchitecture, versionsOf } from "#roles/artifacts/wanted.ts";
import { imageSet } from "./image-set.ts";
import { recipesFor } from "./recipes.ts";
import { imageVariables } from "./variables.ts";

export const images = defineRole({
  name: "images",
  description: "Makes images of the artifacts and pushes them to a registry: under their official names, for a mirror.",
  vars: imageVariables,
  tasks: ({ vars }) => [
    imageSet("Make and push the images", {
      registry: vars.images_registry,
      recipes: recipesFor(
        wantedSets(vars),
        versionsOf(vars),
        hostArchitectures(vars.artifact_architectures, ofController()),
      ),
      crane: `crane@${vars.crane_version}/${ownArchitecture}`,
    })
      .when(vars.images_registry !== "")
      .runOnce(),
  ],
});
