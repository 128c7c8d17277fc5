import { Type } from "typebox";
import { Secret } from "kubeplay";
import { registryPlace } from "#cluster/registry-place.ts";
import { claimSize, claimVariables } from "#cluster/addon/claims.ts";
import { addonVariables, servingVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";

/** Without a claim. */
export const usualFolder = "/var/lib/kubeplay-registry";

export const registryVariables = {
  ...addonVariables,
  ...claimVariables,
  ...servingVariables,
  ...registryPlace,
  registry_version: versionVariables.registry_version,
  registry_image: Type.String({
    default: "docker.io/library/registry",
    description: "Its image, without the tag.",
  }),
  registry_users: Secret(
    Type.Record(Type.String({ pattern: "^[A-Za-z0-9._-]+$" }), Type.String({ minLength: 8 }), {
      default: {},
      description:
        "The users who may push and pull: names and passwords, to be kept in a vault. Required if the registry is present.",
    }),
  ),
  registry_path: Type.String({
    default: "",
    pattern: "^(/.+)?$",
    description: `The folder of its node in which the images are, instead of a claim. If empty, a claim, or ${usualFolder} on a cluster without storage for claims. Images that are in a folder stay there.`,
  }),
  registry_size: claimSize("20Gi", "The size of a new claim for the images."),
  registry_garbage_schedule: Type.String({
    default: "30 3 * * *",
    description: "When garbage is collected, as a cron schedule; the registry does not answer meanwhile.",
  }),
};
