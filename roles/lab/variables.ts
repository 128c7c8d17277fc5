import path from "node:path";
import { Type } from "typebox";
import { cacheFolder } from "#engine/files.ts";
import { architectures } from "#artifacts/catalogue/component.ts";

export const labVariables = {
  lab_state: Type.Enum(["present", "stopped", "absent", "saved", "restored"], {
    default: "present",
    description:
      "Whether the lab's hosts run, are stopped, or are gone with all that is on them; saved and restored copy them under the name lab_snapshot, and bring them back.",
  }),
  lab_snapshot: Type.Union([Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$" }), Type.Null()], {
    default: null,
    description: "The name that the lab's hosts are saved under, or restored from.",
  }),
  lab_driver: Type.Enum(["container", "vm"], {
    default: "container",
    description:
      "What a lab host is: a container that shares the machine's kernel, or a virtual machine with Debian's own (QEMU; with KVM where the processor virtualizes).",
  }),
  lab_vm_architecture: Type.Optional(
    Type.Enum([...architectures], {
      description: "Of a virtual machine; the controller's own by default. Another one is interpreted, and slow.",
    }),
  ),
  lab_vm_memory: Type.Integer({ default: 2048, minimum: 512, description: "Memory of a virtual machine, in MiB." }),
  lab_vm_processors: Type.Integer({ default: 2, minimum: 1, description: "Processors of a virtual machine." }),
  lab_vm_disk: Type.Integer({
    default: 20,
    minimum: 4,
    description: "Disk of a virtual machine in GiB; what is not written takes no room.",
  }),
  lab_network: Type.String({ default: "kubeplay", description: "The podman network of the lab." }),
  lab_subnet: Type.String({
    format: "cidr",
    default: "10.187.0.0/24",
    description: "Its addresses; every lab host's ansible_host lies in it, and the registry has the second.",
  }),
  lab_subnet_v6: Type.Optional(
    Type.String({
      format: "cidr6",
      pattern: "::/",
      description:
        "IPv6 addresses for them too, such as fd00:10:187::/64: the host with 10.187.0.11 has fd00:10:187::11.",
    }),
  ),
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
