import { play } from "../play.ts";
import { forks } from "../ssh.ts";
import type { Contender } from "./contender.ts";

const contender = (playbook: string): Contender => ({
  name: "kubeplay",
  changes: true,
  prepare: () => Promise.resolve(),
  lap: async ({ hosts, tasks }, what, progress) => {
    const args = ["-i", hosts, "-f", String(forks), "-e", `bench_tasks=${tasks}`, playbook];
    const { seconds, peakBytes, summary } = await play(args, what, progress);
    return { seconds, own: summary.seconds, peakBytes, changes: summary.changes.length };
  },
});

export const kubeplay: Contender = contender("bench/workload/playbook.ts");

/** Runs Ansible's modules in place of its own resources. */
export const kubeplayModules: Contender = contender("bench/workload/calls-playbook.ts");
