import path from "node:path";
import { Type } from "typebox";
import { cacheFolder } from "#engine/files.ts";
import { architectures } from "#artifacts/catalogue/component.ts";

export const labVariables = {
  lab_state: Type.Enum(["present", "stopped", "absent", "saved", "restored"], {
    default: "present",
    description:
      "Whether the lab's hosts run, are stopped, or are removed with all their data; saved copies them to the snapshot lab_snapshot, and restored brings them back from it.",
  }),
  lab_snapshot: Type.Union([Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$" }), Type.Null()], {
    default: null,
    description: "The name of the snapshot to save or to restore.",
  }),
  lab_driver: Type.Enum(["container", "vm"], {
    default: "container",
    description:
      "The kind of a lab host: a container that shares the machine's kernel, or a virtual machine with Debian's own kernel (QEMU; with KVM if the processor supports it).",
  }),
  lab_vm_architecture: Type.Optional(
    Type.Enum([...architectures], {
      description:
        "The architecture of a virtual machine; the controller's own by default. Any other is emulated, and slow.",
    }),
  ),
  lab_vm_memory: Type.Integer({ default: 2048, minimum: 512, description: "Memory of a virtual machine, in MiB." }),
  lab_vm_processors: Type.Integer({ default: 2, minimum: 1, description: "Processors of a virtual machine." }),
  lab_vm_disk: Type.Integer({
    default: 20,
    minimum: 4,
    description: "Disk of a virtual machine, in GiB; unwritten space takes no room.",
  }),
  lab_network: Type.String({ default: "kubeplay", description: "The podman network of the lab." }),
  lab_subnet: Type.String({
    format: "cidr",
    default: "10.187.0.0/24",
    description:
      "The subnet of lab_network: it contains every lab host's ansible_host, and its second address is the registry's.",
  }),
  lab_subnet_v6: Type.Optional(
    Type.String({
      format: "cidr6",
      pattern: "::/",
      description:
        "An IPv6 subnet for the lab's hosts too, such as fd00:10:187::/64: the host with 10.187.0.11 gets fd00:10:187::11.",
    }),
  ),
  lab_folder: Type.String({
    default: ".kubeplay/lab",
    description: "The folder of the lab's keys on the controller, relative to the project; a second lab needs its own.",
  }),
  lab_registry_address: Type.String({
    format: "ipv4",
    default: "10.187.0.2",
    description: "The address on which the lab's registry listens, on port lab_registry_port.",
  }),
};

/** The folder where root file systems are kept between runs. */
export const labCache = (): string => path.join(cacheFolder(), "lab");
