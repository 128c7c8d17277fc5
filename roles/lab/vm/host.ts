import type { Host } from "#lib/inventory/types.ts";
import type { Container } from "../containers.ts";
import { volumeOf } from "../host.ts";
import { imageName } from "../image.ts";
import { machineRoot, seedFolder, startMachine } from "./machine.ts";
import { seedOf } from "./seed.ts";

/** How large it is: `lab_vm_*` of the host. */
export interface Size {
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
  /** GiB. */
  readonly disk: number;
}

/** A lab host with a kernel of its own: a container in which QEMU runs it. */
export const asVm = (host: Host, size: Size, cache: string): Container => ({
  name: host.name,
  address: host.address,
  driver: "vm",
  options: [
    ...["--volume", `${volumeOf(host.name)}:/var/lib`, "--volume", `${seedOf(cache)}:${seedFolder}:ro`],
    ...["--privileged", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096", "--pids-limit", "-1"],
    ...["--stop-timeout", "60"],
  ],
  image: imageName(machineRoot),
  command: [startMachine, ...[size.memory, size.processors, size.disk].map(String)],
  port: 22,
  // Without KVM, and on a busy machine.
  patience: 300,
});
