import type { Task } from "kubeplay";
import { networksFolder } from "../cni.ts";
import { noLeftovers } from "./leftovers.ts";

/** Removes the configuration, the programs and the addresses of a pod network. Those of other plugins stay. */
export const noNetwork = (files: readonly string[], plugins: readonly string[]): readonly Task[] => [
  noLeftovers("Remove the configuration of the pod network", {
    folder: networksFolder,
    names: files,
    upTo: "/etc/cni",
  }),
  noLeftovers("Remove the plugins", { folder: "/opt/cni/bin", names: plugins, upTo: "/opt/cni" }),
  noLeftovers("Remove the addresses of pods", {
    folder: "/var/lib/cni",
    names: ["cache", "networks", "results"],
  }),
];
