import { readFileSync } from "node:fs";
import path from "node:path";
import { command, quote, type Task, unit } from "kubeplay";
import { noChains } from "#cluster/undo/chains.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles, stopped } from "#cluster/undo/programs.ts";

const script = readFileSync(path.join(import.meta.dirname, "files/end-pods.sh"), "utf8");

/** The mount points of pods, and of the programs that run them. A mount at one of these folders itself stays. */
const mounts = "^(/var/lib/kubelet/|/var/lib/containerd/|/run/containerd/|(/var)?/run/netns/cni-)";

const endPods = (binDir: string): Task =>
  command("End all pods, and unmount what they used", {
    run: `bin_dir=${quote(binDir)} mounts=${quote(mounts)}\n${script}`,
    unless:
      `! { sed -E 's/^([^ ]+ ){4}([^ ]+) .*/\\2/' /proc/self/mountinfo | grep -qE ${quote(mounts)}; } && ` +
      `! readlink /proc/[0-9]*/exe 2>/dev/null | grep -q /containerd-shim-runc-v2`,
    timeout: 300,
  });

interface Undone {
  readonly binDir: string;
  readonly keepLogs: boolean;
}

/** A node without its kubelet, its pods, and the folder that all components of Kubernetes share. */
export const kubeletUndo = ({ binDir, keepLogs }: Undone): readonly Task[] => [
  stopped("kubelet"),
  endPods(binDir),
  unit("Remove the unit of kubelet", { name: "kubelet.service", state: "absent" }),
  ...noFiles(`${binDir}/kubelet`),
  noChains("Remove its chains, and those of kube-proxy", ["KUBE-"]),
  noLeftovers("Remove the folder of Kubernetes", { folder: "/etc/kubernetes", names: ["*"] }),
  noLeftovers("Remove the kubelet's data", { folder: "/var/lib/kubelet", names: ["*"] }),
  // The kubelet makes the folder, and plugins of others may be in it.
  noLeftovers("Remove its folder for plugins", {
    folder: "/usr/libexec/kubernetes/kubelet-plugins/volume/exec",
    names: [],
    upTo: "/usr/libexec/kubernetes",
  }),
  ...(keepLogs
    ? []
    : ["containers", "pods"].map((name) =>
        noLeftovers(`Remove the logs in /var/log/${name}`, { folder: `/var/log/${name}`, names: ["*"] }),
      )),
];
