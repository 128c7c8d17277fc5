import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { writeWhole } from "#engine/files.ts";
import { ansibleInventory, ansiblePlaybook, callsPlaybook } from "../ansible/files.ts";
import { BenchError } from "../bench-error.ts";
import { environment, sitePackages } from "../environments.ts";
import { targetsOf } from "../hosts.ts";
import { measure } from "../measure.ts";
import { forks } from "../ssh.ts";
import { calls } from "../workload/calls.ts";
import { workload } from "../workload/things.ts";
import { sources, workFolder, type Contender } from "./contender.ts";

type PlaybookOf = (tasks: number) => object;
const ordinary: PlaybookOf = (tasks) => ansiblePlaybook(workload(tasks), sources);

/** ansible-core with its usual optimizations: pipelining, and a fork for each host. */
export const ansible: Contender = contender("ansible", () => ({}));

/** The same for calls of modules. */
export const ansibleModules: Contender = contender(
  "ansible",
  () => ({}),
  (tasks) => callsPlaybook(calls(tasks)),
);

/** The same with Mitogen, which keeps one Python process on each host and sends the tasks to it. */
export const mitogen: Contender = contender("mitogen", (venv) => ({
  ANSIBLE_STRATEGY_PLUGINS: path.join(sitePackages(venv), "ansible_mitogen", "plugins", "strategy"),
  ANSIBLE_STRATEGY: "mitogen_linear",
}));

function contender(
  name: "ansible" | "mitogen",
  more: (venv: string) => Record<string, string>,
  playbookOf = ordinary,
): Contender {
  const folder = workFolder(name);
  const file = (base: string): string => path.join(folder, base);
  return {
    name,
    changes: true,
    prepare: async ({ hosts, tasks }, progress) => {
      await environment(name, progress);
      // An empty file, so that no user's ansible.cfg applies.
      await writeWhole(file("ansible.cfg"), "");
      await writeWhole(file("hosts.yaml"), stringify(ansibleInventory(targetsOf(hosts))));
      await writeWhole(file("playbook.yaml"), stringify(playbookOf(tasks)));
    },
    lap: async (_course, what, progress) => {
      const venv = await environment(name, progress);
      // Each lap has its own folder for ssh's sockets, so that it does not reuse the connections of the lap before.
      const sockets = mkdtempSync(path.join(tmpdir(), "bench-"));
      const variables = {
        // Ansible starts its helpers by name.
        PATH: `${path.join(venv, "bin")}:${process.env.PATH ?? ""}`,
        ANSIBLE_CONFIG: file("ansible.cfg"),
        ANSIBLE_PIPELINING: "True",
        ANSIBLE_FORKS: String(forks),
        ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
        ANSIBLE_NOCOLOR: "True",
        ...more(venv),
      };
      const command = path.join(venv, "bin", "ansible-playbook");
      const args = ["-i", file("hosts.yaml"), file("playbook.yaml")];
      try {
        const { seconds, peakBytes, output } = await measure({ command, args, environment: variables, what }, progress);
        return { seconds, peakBytes, changes: changesOf(output) };
      } finally {
        rmSync(sockets, { recursive: true });
      }
    },
  };
}

/** From its recap: the sum of all hosts. */
export function changesOf(output: string): number {
  const changed = [...output.matchAll(/^\S+ +: ok=\d+ +changed=(\d+)/gm)].map(([, count]) => Number(count));
  if (changed.length === 0) throw new BenchError("ansible printed no recap");
  return changed.reduce((sum, count) => sum + count, 0);
}
