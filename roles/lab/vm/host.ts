import type { Host } from "kubeplay";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import type { Container } from "../containers.ts";
import { imageName } from "../image.ts";
import { volumeOf } from "../volume.ts";
import { machineRoot, seedFolder, startMachine } from "./machine.ts";
import { seedOf } from "./seed.ts";

/** The virtual machine's hardware: `lab_vm_*` of the host. */
export interface Build {
  readonly architecture: Architecture;
  /** MiB. */
  readonly memory: number;
  readonly processors: number;
  /** GiB. */
  readonly disk: number;
}

/** A lab host with a kernel of its own: QEMU in a container. */
export const asVm = (host: Host, build: Build, cache: string): Container => ({
  name: host.name,
  address: host.address,
  driver: "vm",
  architecture: build.architecture,
  shape: `${String(build.processors)} processors, ${String(build.memory)} MiB, ${String(build.disk)} GiB`,
  volume: volumeOf(host.name),
  options: [
    ...[
      "--volume",
      `${volumeOf(host.name)}:/var/lib`,
      "--volume",
      `${seedOf({ cache, architecture: build.architecture })}:${seedFolder}:ro`,
    ],
    ...["--privileged", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096", "--pids-limit", "-1"],
    ...["--stop-timeout", "90"],
  ],
  image: imageName(machineRoot(build.architecture)),
  command: [startMachine, ...[build.memory, build.processors, build.disk].map(String), build.architecture],
  port: 22,
  // Enough without KVM, on a busy machine.
  patience: 300,
});
