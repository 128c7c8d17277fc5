import { defineRole } from "#lib/dsl/index.ts";
import { ownArchitecture } from "#roles/artifacts/wanted.ts";
import { image } from "./image.ts";
import { recipes } from "./images.ts";
import { imageVariables } from "./variables.ts";

export const images = defineRole({
  name: "images",
  description: "Makes images of the artifacts and pushes them to a registry: under their official names, for a mirror.",
  vars: imageVariables,
  tasks: ({ vars, facts }) => {
    const versions = {
      pause: vars.pause_version,
      coredns: vars.coredns_version,
      kubernetes: vars.kubernetes_version,
      agnhostImage: vars.agnhost_image_version,
    };
    return recipes(versions, facts.architecture, vars.images_busybox)
      .filter(({ repository }) => vars.images_names.some((name) => name === repository))
      .map((recipe) =>
        image(`Make and push registry.k8s.io/${recipe.repository}:${recipe.tag}`, {
          registry: vars.images_registry,
          recipe,
          crane: `crane@${vars.crane_version}/${ownArchitecture}`,
        })
          .when(vars.images_registry !== "")
          .runOnce(),
      );
  },
});
