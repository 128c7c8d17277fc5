import { tasksIn } from "#engine/tasks/block.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Role } from "kubeplay";
import { assumedFacts } from "#engine/facts/assumed.ts";
import type { Facts } from "#engine/facts/types.ts";
import { connectionVariables } from "#engine/inventory/connection-variables.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import type { Task } from "#engine/tasks/task.ts";
import { renderTemplate } from "#engine/template/index.ts";
import { contextOf, Mask, Variables } from "#engine/runner/index.ts";
import { mistakesIn } from "#engine/runner/plan/plan.ts";

export interface Situation {
  /** An inventory, as in YAML. */
  readonly inventory: object;
  readonly host: string;
  readonly facts?: Partial<Facts>;
  readonly extraVars?: readonly string[];
}

/** A role's tasks for a host. Variables come only from the given inventory. */
export function tasksOf(role: Role, { inventory, host, facts, extraVars = [] }: Situation): readonly Task[] {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-role-"));
  try {
    const file = path.join(root, "hosts.yaml");
    writeFileSync(file, JSON.stringify(inventory));
    const loaded = loadInventory({ file, root, extraVars });
    const [found] = loaded.select(host);
    if (!found) throw new Error(`no host ${host} in the spec's inventory`);
    const known = [{ name: "the inventory", vars: connectionVariables }, role];
    const variables = new Variables(loaded, known, [{ host, roles: [role] }], new Mask());
    const tasks = tasksIn(role.tasks(contextOf(variables, loaded, found, { ...assumedFacts(host), ...facts })(role)));
    refuseMistakes(tasks);
    return tasks;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** As a run does before the first connection. */
function refuseMistakes(tasks: readonly Task[]): void {
  const all = tasks.flatMap((task) => [task, ...task.handlers.flatMap((handler) => handler.tasks)]);
  const found = all.filter(({ condition }) => condition).flatMap((task) => mistakesIn(task));
  if (found.length > 0) throw new Error(found.map(({ message }) => message).join("\n"));
}

/** Hosts without variables, as a group in an inventory has them. */
export const hosts = (...names: readonly string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]));

/** The task of this name. Throws if there is none. */
export function taskCalled(tasks: readonly Task[], name: string): Task {
  const found = tasks.find((task) => task.name === name);
  if (!found) throw new Error(`no task "${name}"; there are: ${tasks.map((task) => task.name).join(", ")}`);
  return found;
}

/** The text that a task writes from a template of its role. */
export function textOf(role: Role, task: Task): string {
  const { src, values = {} } = task.props as { readonly src: string; readonly values?: object };
  return renderTemplate(path.resolve(role.folder, "templates", src), values);
}
