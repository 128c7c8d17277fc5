import path from "node:path/posix";
import { command, type Facts, type Host, type Inventory, type Task, unit } from "kubeplay";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles } from "#cluster/undo/programs.ts";
import { recordedFile } from "#cluster/undo/record.ts";
import { usualBinDir } from "#cluster/variables.ts";
import { formerHosts } from "./former-hosts.ts";
import { formerPackages } from "./former-packages.ts";
import { kernelFile, modules } from "./kernel.ts";
import { knownNames } from "./names.ts";

/** The name of its drop-ins for slices. */
export const dropIn = "90-kubeplay";

const hostname = recordedFile("hostname");
const formerName = (): Task =>
  command("Give it its former host name", {
    run: `cat ${hostname} > /etc/hostname && hostname --file /etc/hostname`,
    unless: `! [ -s ${hostname} ] || cmp -s ${hostname} /etc/hostname`,
  });

const fstab = recordedFile("fstab");
/** The lines of swap that the record has and the file has not. */
const swapLines = `grep -E '^[^#][^[:space:]]*[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]]' ${fstab} 2>/dev/null | grep -vxF -f /etc/fstab`;
const formerSwap = (): Task =>
  command("Turn its swap on again, now and at boot", {
    run: `lines=$(${swapLines})
cp --preserve /etc/fstab /etc/fstab.kubeplay
if [ "$(printf '%s\\n' "$lines" | grep -vxF -f - ${fstab})" = "$(cat /etc/fstab)" ]; then cat ${fstab} > /etc/fstab.kubeplay
else printf '%s\\n' "$lines" >> /etc/fstab.kubeplay; fi
mv /etc/fstab.kubeplay /etc/fstab
swapon --all`,
    unless: `! ${swapLines} | grep -q .`,
  });

interface Undone {
  readonly host: Host;
  readonly inventory: Inventory;
  readonly facts: Facts;
  readonly binDir: string;
  /** All packages that roles install, in any mode. */
  readonly packages: readonly string[];
}

/** A host without the prerequisites of Kubernetes, as far as its record knows what it had before. */
export const hostUndo = ({ host, inventory, facts, binDir, packages }: Undone): readonly Task[] => [
  ...(["system.slice", "user.slice"] as const).flatMap((name) => [
    unit(`Take the priority over pods from ${name}`, { name, dropIn, state: "absent" }),
    noLeftovers(`Remove the folder of ${name}`, { folder: `/etc/systemd/system/${name}.d`, names: [`${dropIn}.conf`] }),
  ]),
  formerHosts("Take the hosts' names out of /etc/hosts", {
    known: knownNames(inventory),
    own: host.name,
    inPlace: facts.container,
  }),
  ...noFiles(`/etc/sysctl.d/${kernelFile}.conf`, ...modules.map((name) => `/etc/modules-load.d/${name}.conf`)),
  ...(facts.container ? [] : [formerName(), formerSwap()]),
  formerPackages("Remove the packages that it did not have", { names: packages }),
  noLeftovers("Remove the programs of other versions", {
    folder: path.join(binDir, "../lib/kubeplay"),
    names: ["*"],
  }),
  ...(binDir === usualBinDir ? [] : [noLeftovers("Remove the programs' directory", { folder: binDir, names: [] })]),
];
