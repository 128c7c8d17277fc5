import { Type } from "typebox";
import { setVariables } from "./artifact-sets.ts";
import { artifactVariables, versionVariables } from "#artifacts/catalogue/variables.ts";

export const imageVariables = {
  ...versionVariables,
  artifact_sets: artifactVariables.artifact_sets,
  artifact_architectures: artifactVariables.artifact_architectures,
  ...setVariables,
  images_registry: Type.String({
    default: "",
    description: "host:port of a registry (plain HTTP) to which the images are pushed; if empty, no images are built.",
  }),
};
