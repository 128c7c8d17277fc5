import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx";
import type { Query } from "#engine/queries/define.ts";
import { noRun } from "#engine/tasks/resource.ts";
import type { Difference, Step } from "#engine/tasks/resource.ts";
import type { AnyResource, Task } from "#engine/tasks/task.ts";

/** The four functions of a task's resource, bound to its properties. No removal of the lab was interrupted, by default. */
export function bound(task: Task) {
  if (!("resource" in task.does)) throw new Error("an action has no state");
  const resource: AnyResource = task.does.resource;
  const whole = (now: object): object => ({ removal: { type: "absent" }, ...now });
  const diff = (now: object): readonly Difference[] => resource.diff(whole(now), task.props);
  return {
    needs: (): Record<string, Query<unknown>> => resource.needs(task.props) as Record<string, Query<unknown>>,
    diff,
    apply: (now: object): readonly Step[] => resource.apply(diff(now), whole(now), task.props),
    forecast: (now: object): object => ({ ...now, ...(resource.forecast(whole(now), task.props) as object) }),
  };
}

/** A script without the quotes that do not change the meaning of a word. */
export const plain = (script: string): string => script.replaceAll(/'([\w@%+=:,./-]+)'/g, "$1");

/** The shell text of all steps, without their work on the controller. */
export const shellOf = (steps: readonly Step[]): string =>
  steps.map((step) => (typeof step === "string" ? step : "sh" in step ? step.sh : "")).join("\n");

export async function onController(steps: readonly Step[]): Promise<void> {
  for (const step of steps)
    if (typeof step === "object" && "onController" in step)
      await step.onController(
        () => undefined,
        () => false,
        noRun,
      );
}

export interface Machine {
  readonly folder: string;
  /** The output of a shell command on a machine whose podman is a script of this spec. */
  sh(script: string): Promise<string>;
  podman(script: string): Promise<void>;
  remove(): Promise<void>;
}

/** The programs that scripts find besides a spec's own: they cannot reach the machine's podman, apt and the like. */
const programs = "sh bash cat sed ls rm mkdir mktemp mv date sleep timeout grep head chmod find sha256sum".split(" ");

export async function makeMachine(): Promise<Machine> {
  const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-lab-spec-"));
  for (const name of programs)
    await symlink((await $({ quiet: true })`command -v ${name}`).stdout.trim(), path.join(folder, name));
  const run = $({ quiet: true, env: { PATH: folder } });
  return {
    folder,
    sh: async (script) => (await run`sh -c ${script}`).stdout,
    podman: async (script) => {
      await writeFile(path.join(folder, "podman"), `#!/bin/sh\n${script}\n`);
      await chmod(path.join(folder, "podman"), 0o755);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs the work on a temporary machine. */
export async function onMachine(work: (machine: Machine) => Promise<void>): Promise<void> {
  const machine = await makeMachine();
  try {
    await work(machine);
  } finally {
    await machine.remove();
  }
}

/** A machine's answers to queries, as the runner gets them. */
export async function ask(machine: Machine, queries: Readonly<Record<string, Query<unknown>>>): Promise<object> {
  const answers = await Promise.all(
    Object.entries(queries).map(async ([name, { of, key }]) => {
      const all = "ask" in of ? of.parse(await machine.sh(of.ask([key])), [key]) : await of.get([key]);
      return [name, all.get(key)] as const;
    }),
  );
  return Object.fromEntries(answers);
}
