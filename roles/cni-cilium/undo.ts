import { readFileSync } from "node:fs";
import path from "node:path";
import { command, type Task } from "kubeplay";
import { networkFiles } from "#cluster/cni.ts";
import { noChains } from "#cluster/undo/chains.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noNetwork } from "#cluster/undo/networks.ts";
import { noFiles } from "#cluster/undo/programs.ts";

const script = readFileSync(path.join(import.meta.dirname, "files/no-cilium.sh"), "utf8");

/** What Cilium's agent, a pod, leaves on its host once it has ended. */
export const ciliumUndo = (): readonly Task[] => [
  command("Remove the devices, the programs and the routes of Cilium", {
    run: script,
    unless:
      "! [ -e /sys/fs/bpf/cilium ] && ! [ -e /run/cilium ] && ! ip -o link show | grep -qE ': (cilium_|lxc)' && " +
      '[ -z "$(ip rule show table 2004 2>/dev/null; ip rule show table 2005 2>/dev/null)" ]',
  }),
  noChains("Remove its chains, and those of its plugins", ["CILIUM_", "OLD_CILIUM_", "CNI-"]),
  ...noFiles("/etc/sysctl.d/99-zzz-override_cilium.conf"),
  noLeftovers("Remove its state", { folder: "/var/lib/cilium", names: ["*"] }),
  ...noNetwork([`${networkFiles.cilium}*`, "*.cilium_bak"], ["cilium-cni", ".cilium-cni*", "loopback", "portmap"]),
];
