import { Type } from "typebox";
import { versionVariables } from "#roles/artifacts/variables.ts";

const { kubernetes_version, coredns_version, pause_version, agnhost_image_version, crane_version } = versionVariables;

export const imageNames = ["pause", "coredns/coredns", "e2e-test-images/agnhost"] as const;

export const imageVariables = {
  kubernetes_version,
  coredns_version,
  pause_version,
  agnhost_image_version,
  crane_version,
  images_registry: Type.String({
    default: "",
    description: "host:port of a registry (plain HTTP) that gets the images; no images are made where empty.",
  }),
  images_names: Type.Array(Type.Enum([...imageNames]), {
    default: [...imageNames],
    description: "The images to make, by their path in the registry.",
  }),
  images_busybox: Type.String({
    default: "",
    description:
      "A static busybox on the controller (package busybox-static) for the test image; without it, it has no shell.",
  }),
};
