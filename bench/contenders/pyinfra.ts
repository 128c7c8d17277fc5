import path from "node:path";
import { writeWhole } from "#engine/files.ts";
import { BenchError } from "../bench-error.ts";
import { environment } from "../environments.ts";
import { targetsOf } from "../hosts.ts";
import { measure } from "../measure.ts";
import { workload } from "../workload/things.ts";
import { sources, workFolder, type Contender } from "./contender.ts";

const folder = workFolder("pyinfra");
const files = { hosts: path.join(folder, "hosts.json"), workload: path.join(folder, "workload.json") };

export const pyinfra: Contender = {
  name: "pyinfra",
  changes: true,
  prepare: async ({ hosts, tasks }, progress) => {
    await environment("pyinfra", progress);
    await writeWhole(files.hosts, JSON.stringify(targetsOf(hosts)));
    await writeWhole(files.workload, JSON.stringify(workload(tasks)));
  },
  lap: async (_course, what, progress) => {
    const command = path.join(await environment("pyinfra", progress), "bin", "pyinfra");
    const args = ["--yes", "--sudo", "bench/pyinfra/inventory.py", "bench/pyinfra/deploy.py"];
    const variables = { BENCH_HOSTS: files.hosts, BENCH_WORKLOAD: files.workload, BENCH_SOURCES: sources };
    const { seconds, peakBytes, output } = await measure({ command, args, environment: variables, what }, progress);
    return { seconds, peakBytes, changes: changesOf(output) };
  },
};

/** From the last line of its results: "Grand total", the operations, those that changed something, errors, the rest. */
export function changesOf(output: string): number {
  const [, changed] = /^\s*Grand total\s+\d+\s+(\d+|-)/m.exec(output) ?? [];
  if (changed === undefined) throw new BenchError("pyinfra printed no results");
  return changed === "-" ? 0 : Number(changed);
}
