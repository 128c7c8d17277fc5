import path from "node:path";
import { Type } from "typebox";
import { cacheFolder } from "#lib/files.ts";

export const labVariables = {
  lab_state: Type.Enum(["present", "absent"], {
    default: "present",
    description: "Whether the lab's hosts exist; absent takes them away with all that is on them.",
  }),
  lab_network: Type.String({ default: "kubeplay", description: "The podman network of the lab." }),
  lab_subnet: Type.String({
    format: "cidr",
    default: "10.187.0.0/24",
    description: "Its addresses; every lab host's ansible_host lies in it, and the registry has the second.",
  }),
  lab_folder: Type.String({
    default: ".kubeplay/lab",
    description: "Where the controller keeps the lab's keys, relative to the project; a second lab needs its own.",
  }),
  lab_registry_address: Type.String({
    format: "ipv4",
    default: "10.187.0.2",
    description: "Where the lab's registry listens, on port 5000.",
  }),
};

/** Where root file systems are kept between runs. */
export const labCache = (): string => path.join(cacheFolder(), "lab");
