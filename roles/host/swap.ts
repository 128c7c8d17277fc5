import { command, line, type Task } from "kubeplay";

/** The kubelet refuses to start on a host with swap. */
export const swapOff = (): Task[] => [
  line("Let no boot turn swap on", {
    path: "/etc/fstab",
    match: "^[^#]\\S*\\s+\\S+\\s+swap\\s",
    state: "absent",
  }),
  command("Turn swap off", { run: "swapoff --all", unless: `[ "$(wc -l < /proc/swaps)" -le 1 ]` }),
];
