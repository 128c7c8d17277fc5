import { Type } from "typebox";

/** Where a node has its volumes. */
export const storageVariables = {
  storage_path: Type.String({
    format: "absolute-path",
    default: "/var/lib/kubeplay-volumes",
    description:
      "The folder in which a node has its volumes; it may differ by node, such as the mount point of a disk. Volumes that exist stay where they are.",
  }),
};
