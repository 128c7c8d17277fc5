import { Type } from "typebox";
import { Secret } from "#engine/schema/secret.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { addonVariables, servingVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";

/** What its nodes have to know too. */
export const registryPlace = {
  cluster_name: addonVariables.cluster_name,
  registry_state: addonStates.registry_state,
  registry_node: Type.String({
    default: "",
    description: "The node that runs the registry and keeps its images; the first that is no master where empty.",
  }),
  registry_port: Type.Integer({
    format: "port",
    default: 5443,
    description: "Where it answers on that node, https only: images are called <the node's address>:<port>/….",
  }),
};

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
