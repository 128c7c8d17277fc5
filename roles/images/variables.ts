import { Type } from "typebox";
import { cniVariables } from "#roles/cluster/cni.ts";
import { artifactVariables, versionVariables } from "#roles/artifacts/variables.ts";

export const imageVariables = {
  ...versionVariables,
  artifact_sets: artifactVariables.artifact_sets,
  cni: cniVariables.cni,
  images_registry: Type.String({
    default: "",
    description: "host:port of a registry (plain HTTP) that gets the images; no images are made where empty.",
  }),
};
