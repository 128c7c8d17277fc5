import { Type } from "typebox";
import { artifactVariables, versionVariables } from "#artifacts/catalogue/variables.ts";
import { setVariables } from "./artifact-sets.ts";
import { cniVariables } from "./cni.ts";

/** The variables that decide where a cluster's images come from. */
export const imageSourceVariables = {
  images_registry: Type.String({
    default: "",
    description:
      "Your registry, to which the cluster's images are pushed: host:port for plain HTTP, or https://host:port. If empty, hosts pull from the official registries or their mirrors.",
  }),
  images_source: Type.Enum(["auto", "official", "build", "directory"], {
    default: "auto",
    description:
      "Where the images of images_registry and of a bundle come from: official copies them from their registries, build makes them here, directory takes those of the bundle in artifact_directory. auto is directory if artifact_source is, build in the lab, and official otherwise.",
  }),
  images_registry_ca: Type.String({
    default: "",
    description:
      "For images_registry with https: a file on the controller with the certificate authority of its certificate. If empty, the usual ones.",
  }),
  artifact_source: artifactVariables.artifact_source,
  artifact_directory: artifactVariables.artifact_directory,
};

export const imageVariables = {
  ...versionVariables,
  artifact_sets: artifactVariables.artifact_sets,
  artifact_architectures: artifactVariables.artifact_architectures,
  ...setVariables,
  ...imageSourceVariables,
  cilium_l7_proxy: cniVariables.cilium_l7_proxy,
  cilium_envoy_image: cniVariables.cilium_envoy_image,
};
