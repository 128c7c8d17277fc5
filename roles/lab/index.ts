import path from "node:path";
import { defineRole, type Facts, type Host, PlayError, sysctl, type Task, type Values } from "kubeplay";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { ofController, ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { labAccess } from "./access.ts";
import { machineCapacity } from "./capacity.ts";
import { containers, type Container } from "./containers.ts";
import { asContainer } from "./host.ts";
import { foreignPrograms } from "./foreign.ts";
import { labImage } from "./image.ts";
import { labKey } from "./key.ts";
import { labNetwork } from "./network.ts";
import { containerRoot } from "./root.ts";
import { labSnapshot, noSnapshots } from "./snapshot.ts";
import { labTools } from "./tools.ts";
import { labCache, labVariables } from "./variables.ts";
import { asVm } from "./vm/host.ts";
import { machineRoot } from "./vm/machine.ts";
import { labSeed } from "./vm/seed.ts";

type Vars = Values<typeof labVariables>;

const architectureOf = (vars: Vars): Architecture => vars.lab_vm_architecture ?? ofController();

const isVm = (vars: Vars): boolean => vars.lab_driver === "vm";

const asMachine = (host: Host, vars: Vars, { cgroup }: Facts): Container =>
  !isVm(vars)
    ? asContainer(host, cgroup)
    : asVm(
        host,
        {
          architecture: architectureOf(vars),
          ...{ memory: vars.lab_vm_memory, processors: vars.lab_vm_processors, disk: vars.lab_vm_disk },
        },
        labCache(),
      );

/** The tasks that make the images and disks of the hosts. */
function images(ofVms: ReadonlySet<Architecture>): Task[] {
  const cache = labCache();
  return [
    // The lab's registry is a container of this image too.
    labImage("Make the hosts' image", { root: containerRoot, cache }),
    ...[...ofVms].flatMap((architecture) => [
      ...(architecture === ownArchitecture
        ? []
        : [foreignPrograms(`Enable ${architecture} programs and their compiler`, { architecture })]),
      labImage("Make the image that virtual machines run in", { root: machineRoot(architecture), cache }),
      labSeed("Make the virtual machines' disk", { cache, architecture }),
    ]),
  ];
}

export const lab = defineRole({
  name: "lab",
  description:
    "The hosts of group `lab`, made on the controller: containers with systemd and sshd, or virtual machines.",
  vars: labVariables,
  tasks: ({ vars, varsOf, inventory, facts }) => {
    const hosts = inventory.hasGroup("lab") ? inventory.group("lab") : [];
    if (hosts.length === 0) return [];
    const { lab_state: state, lab_network: name, lab_subnet: subnet, lab_snapshot: snapshot } = vars;
    const folder = path.resolve(vars.lab_folder);
    const subnet6 = vars.lab_subnet_v6;
    const machines = {
      containers: hosts.map((host) => ({
        ...asMachine(host, varsOf(host), facts),
        address6: address6Of(host, subnet6),
      })),
      network: name,
      folder,
    };
    if (state === "stopped") return [containers("Stop the hosts", { ...machines, state })];
    if (state === "absent")
      return [
        containers("Remove the hosts", { ...machines, state }),
        noSnapshots("Remove their snapshots", { network: name }),
        labNetwork("Remove the network", { name, subnet, state }),
        labKey("Forget the hosts' keys", { folder, state }),
      ];
    return [
      machineCapacity("Report this machine's capacity", { folder: "/var/lib" }),
      labTools("Install the lab's tools", {}),
      sysctl("Raise the limit of inotify instances", {
        name: "fs.inotify.max_user_instances",
        value: "1024",
        atLeast: true,
        file: "90-kubeplay-lab",
      }),
      labKey("Make the lab's key", { folder, state: "present" }),
      ...images(new Set(hosts.map(varsOf).filter(isVm).map(architectureOf))),
      labNetwork("Make the network", { name, subnet, subnet6, state: "present" }),
      state === "present"
        ? containers("Start the hosts", { ...machines, state })
        : labSnapshot(state === "saved" ? "Save the hosts" : "Restore the hosts", {
            ...machines,
            state,
            name: named(snapshot),
          }),
      labAccess("Record the hosts' keys", { folder, hosts }),
    ];
  },
});

/** fd00:10:187::11 for 10.187.0.11. */
const address6Of = ({ address }: Host, subnet: string | undefined): string | undefined =>
  subnet?.replace(/\/.*$/, address.split(".").at(-1) ?? "");

function named(snapshot: string | null): string {
  if (snapshot !== null) return snapshot;
  throw new PlayError("no snapshot is named: set -e lab_snapshot=NAME");
}
