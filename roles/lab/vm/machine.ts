import { readFileSync } from "node:fs";
import path from "node:path";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import type { Root } from "../root.ts";

/** The folder in a virtual machine's container with the disk and the kernel that it starts from. */
export const seedFolder = "/seed";
export const startMachine = "/usr/local/sbin/lab-vm";

/**
 * The container's program: QEMU, with the container's own address on the lab's network. Its arguments: MiB, processors,
 * GiB, architecture. The disk is a copy of the seed's disk in /var/lib, which is the container's volume: a new seed
 * does not change it. The guest mounts only /var/lib/lab. KVM needs a processor with virtualization: some machines
 * have /dev/kvm and cannot run a common kernel on it.
 */
const start = readFileSync(path.join(import.meta.dirname, "../files/start-machine.sh"), "utf8");

/** The root of the container that a virtual machine runs in. */
export const machineRoot = (architecture: Architecture): Root => ({
  packages: [
    ...(architecture === "arm64" ? ["qemu-system-arm", "qemu-efi-aarch64"] : ["qemu-system-x86"]),
    ..."qemu-utils virtiofsd netcat-openbsd iproute2".split(" "),
    // mke2fs reads archives with libarchive.
    ..."e2fsprogs libarchive13t64".split(" "),
  ],
  customize: `set -eu
cat > "$1${startMachine}" <<'END'
${start}END
chmod 0755 "$1${startMachine}"
`,
});
