import { command, line, type Task } from "kubeplay";

/** The kubelet refuses to start on a host with swap. */
export const swapOff = (): Task[] => [
  line("Turn swap off at boot", {
    path: "/etc/fstab",
    match: "^[^#]\\S*\\s+\\S+\\s+swap\\s",
    state: "absent",
  }),
  command("Turn swap off now", { run: "swapoff --all", unless: `[ "$(wc -l < /proc/swaps)" -le 1 ]` }),
];
