import { measure } from "../measure.ts";
import type { Contender } from "./contender.ts";

export const floor: Contender = {
  name: "floor",
  changes: false,
  prepare: () => Promise.resolve(),
  lap: async ({ hosts, tasks }, what, progress) => {
    const args = ["--import", "tsx", "-C", "kubeplay-source", "bench/floor/main.ts", hosts, String(tasks)];
    const { seconds, peakBytes, stdout } = await measure({ command: process.execPath, args, what }, progress);
    const { seconds: own } = JSON.parse(stdout) as { readonly seconds: number };
    return { seconds, own, peakBytes, changes: 0 };
  },
};
