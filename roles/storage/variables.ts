import { Type } from "typebox";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { keptByReset } from "#cluster/reset.ts";
import { storageVariables as nodeStorage } from "#cluster/storage.ts";

export const storageVariables = {
  ...addonVariables,
  local_path_provisioner_version: versionVariables.local_path_provisioner_version,
  busybox_version: versionVariables.busybox_version,
  storage_state: addonStates.storage_state,
  storage_image: Type.String({
    default: "docker.io/rancher/local-path-provisioner",
    description: "The provisioner's image, without the tag.",
  }),
  storage_helper_image: Type.String({
    default: "docker.io/library/busybox",
    description: "The image of the pods that make and remove volumes' folders, without the tag: it has sh.",
  }),
  ...nodeStorage,
  reset_keep_volumes: keptByReset.reset_keep_volumes,
};
