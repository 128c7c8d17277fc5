import { play } from "../play.ts";
import { forks } from "../ssh.ts";
import type { Contender } from "./contender.ts";

export const kubeplay: Contender = {
  name: "kubeplay",
  changes: true,
  prepare: () => Promise.resolve(),
  lap: async ({ hosts, tasks }, what, progress) => {
    const args = ["-i", hosts, "-f", String(forks), "-e", `bench_tasks=${tasks}`, "bench/workload/playbook.ts"];
    const { seconds, peakBytes, summary } = await play(args, what, progress);
    return { seconds, own: summary.seconds, peakBytes, changes: summary.changes.length };
  },
};
