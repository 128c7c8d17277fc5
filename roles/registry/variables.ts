import { Type } from "typebox";
import { Secret } from "kubeplay";
import { registryPlace } from "#cluster/registry-place.ts";
import { addonVariables, servingVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";

export const registryVariables = {
  ...addonVariables,
  ...servingVariables,
  ...registryPlace,
  registry_version: versionVariables.registry_version,
  registry_image: Type.String({
    default: "docker.io/library/registry",
    description: "Where its image comes from, without the tag.",
  }),
  registry_users: Secret(
    Type.Record(Type.String({ pattern: "^[A-Za-z0-9._-]+$" }), Type.String({ minLength: 8 }), {
      default: {},
      description:
        "Who may push and pull: names and their passwords, which a vault keeps. Needed where there is a registry.",
    }),
  ),
  registry_path: Type.String({
    format: "absolute-path",
    default: "/var/lib/kubeplay-registry",
    description: "Where its node keeps the images.",
  }),
  registry_garbage_schedule: Type.String({
    default: "30 3 * * *",
    description: "When garbage is collected, as cron says it; the registry does not answer meanwhile.",
  }),
};
