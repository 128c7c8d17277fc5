import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { writeWhole } from "#lib/files.ts";
import { ansibleInventory, ansiblePlaybook } from "../ansible/files.ts";
import { BenchError } from "../bench-error.ts";
import { environment, sitePackages } from "../environments.ts";
import { targetsOf } from "../hosts.ts";
import { measure } from "../measure.ts";
import { forks } from "../ssh.ts";
import { workload } from "../workload/things.ts";
import { sources, workFolder, type Contender } from "./contender.ts";

/** ansible-core as its users make it fast: pipelining, and a fork for each host. */
export const ansible: Contender = contender("ansible", () => ({}));

/** The same with Mitogen, which keeps one Python on each host and sends it what is to be done. */
export const mitogen: Contender = contender("mitogen", (venv) => ({
  // The folder of site-packages has Python's version in its name.
  ANSIBLE_STRATEGY_PLUGINS: path.join(sitePackages(venv), "ansible_mitogen", "plugins", "strategy"),
  ANSIBLE_STRATEGY: "mitogen_linear",
}));

function contender(name: "ansible" | "mitogen", more: (venv: string) => Record<string, string>): Contender {
  const folder = workFolder(name);
  const files = { hosts: path.join(folder, "hosts.yaml"), playbook: path.join(folder, "playbook.yaml") };
  return {
    name,
    changes: true,
    prepare: async ({ hosts, tasks }, progress) => {
      await environment(name, progress);
      await writeWhole(files.hosts, stringify(ansibleInventory(targetsOf(hosts))));
      await writeWhole(files.playbook, stringify(ansiblePlaybook(workload(tasks), sources)));
    },
    lap: async (_course, what, progress) => {
      const venv = await environment(name, progress);
      // A folder of its own for the sockets of ssh, so that no lap goes on with the connections of the one before.
      const sockets = mkdtempSync(path.join(tmpdir(), "bench-"));
      try {
        const { seconds, peakBytes, output } = await measure(
          {
            command: path.join(venv, "bin", "ansible-playbook"),
            args: ["-i", files.hosts, files.playbook],
            environment: {
              PATH: `${path.join(venv, "bin")}:${process.env.PATH ?? ""}`,
              ANSIBLE_CONFIG: "/dev/null",
              ANSIBLE_PIPELINING: "True",
              ANSIBLE_FORKS: String(forks),
              ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
              ANSIBLE_NOCOLOR: "True",
              ...more(venv),
            },
            what,
          },
          progress,
        );
        return { seconds, peakBytes, changes: changesOf(output) };
      } finally {
        rmSync(sockets, { recursive: true });
      }
    },
  };
}

/** Of its recap: all hosts together. */
export function changesOf(output: string): number {
  const changed = [...output.matchAll(/^\S+ +: ok=\d+ +changed=(\d+)/gm)].map(([, count]) => Number(count));
  if (changed.length === 0) throw new BenchError("ansible told no recap");
  return changed.reduce((sum, count) => sum + count, 0);
}
