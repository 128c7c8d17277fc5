import { defineRole } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { nodesOf } from "#cluster/members.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { defaultClass } from "./default-class.ts";
import { leavingVolumes } from "./leaving-volumes.ts";
import { className, objects } from "./objects.ts";
import { storageVariables } from "./variables.ts";

const name = "storage";

export const storage = defineRole({
  name,
  folder: import.meta.dirname,
  description:
    "Volumes on the nodes' own disks for claims of pods: local-path-provisioner, and its StorageClass as the default if the cluster has no other.",
  vars: storageVariables,
  // On each node that has volumes.
  undo: ({ vars }) =>
    vars.reset_keep_volumes
      ? []
      : [
          leavingVolumes("Look for volumes", { folder: vars.storage_path }),
          noLeftovers("Remove the volumes", { folder: vars.storage_path, names: ["pvc-*"] }),
        ],
  tasks: ({ vars, inventory, varsOf }) => {
    const access = accessOf(vars, inventory);
    if (vars.storage_state === "absent")
      return [manifests("Remove its objects", { ...access, set: name, state: "absent" })];
    const folders = nodesOf(inventory)
      .map((node) => ({ node: node.name, folder: varsOf(node).storage_path }))
      .filter(({ folder }) => folder !== vars.storage_path);
    const own = defaultClass("Look for another default StorageClass", { ...access, own: className });
    return [
      own,
      manifests("Apply its objects", {
        ...access,
        set: name,
        objects: own.output.map((isDefault) =>
          objects({
            image: `${vars.storage_image}:v${vars.local_path_provisioner_version}`,
            helperImage: `${vars.storage_helper_image}:${vars.busybox_version}`,
            folder: vars.storage_path,
            folders,
            isDefault,
          }),
        ),
      }),
    ];
  },
});
