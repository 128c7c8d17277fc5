import path from "node:path";
import { writeWhole } from "#engine/files.ts";
import { BenchError } from "./bench-error.ts";
import { ansible, mitogen } from "./contenders/ansible.ts";
import { floor } from "./contenders/floor.ts";
import { kubeplay } from "./contenders/kubeplay.ts";
import { pyinfra } from "./contenders/pyinfra.ts";
import { makeHosts, removeHosts } from "./hosts.ts";
import { machine } from "./machine.ts";
import { parseOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { endpoints } from "./sections/endpoints.ts";
import { growth } from "./sections/growth.ts";
import { idle } from "./sections/idle.ts";
import { latency } from "./sections/latency.ts";
import { modules } from "./sections/modules.ts";
import { ordinary } from "./sections/ordinary.ts";
import type { Report } from "./sections/section.ts";
import { verdicts } from "./targets.ts";

const contenders = { kubeplay, floor, pyinfra, mitogen, ansible };
const sections = { ordinary, modules, latency, endpoints, growth, idle };
/** The sections that measure a running lab and make no hosts. */
const withoutHosts: readonly string[] = ["idle"];

const keys = <Key extends string>(of: Readonly<Record<Key, unknown>>): Key[] => Object.keys(of) as Key[];

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), keys(sections), keys(contenders));
  const progress = new Progress((line) => console.error(line));
  const before = machine();
  const reports: Report[] = [];
  const wantsHosts = options.sections.some((name) => !withoutHosts.includes(name));
  if (wantsHosts) await makeHosts(progress);
  try {
    for (const name of options.sections) {
      const { tasks, repeat, inventory } = options;
      const chosen = options.only.map((one) => contenders[one]);
      const report = await sections[name]({ contenders: chosen, tasks, repeat, inventory, progress });
      reports.push(report);
      console.log(["", report.title, "", report.text, "", ...verdicts(report.goals)].join("\n"));
    }
  } finally {
    if (wantsHosts && !options.keep) await removeHosts(progress);
  }
  const at = new Date().toISOString();
  const file = path.join("bench", "results", `${at.slice(0, 19).replaceAll(/[-:]/g, "")}.json`);
  await writeWhole(file, `${JSON.stringify({ at, machine: before, reports }, undefined, 2)}\n`);
  console.log(`\n${Object.values(before).join(", ")} (load before)\nAll figures: ${file}`);
}

await main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
