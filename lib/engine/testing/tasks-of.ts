import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Role } from "../dsl/role.ts";
import { assumedFacts } from "../facts/assumed.ts";
import type { Facts } from "../facts/types.ts";
import { inventoryVariables } from "../inventory/connection-variables.ts";
import { loadInventory } from "../inventory/load.ts";
import { contextOf, Mask, Variables } from "../runner/index.ts";
import { mistakesIn } from "../runner/plan/plan.ts";
import { tasksIn } from "../tasks/block.ts";
import type { Task } from "../tasks/task.ts";
import { renderTemplate } from "../template/index.ts";

/** The host that a role is planned for. Variables come from here only, not from files of the project. */
export interface Situation {
  /** The host's name; "here" by default. */
  readonly host?: string;
  /** The host's variables, unless there is an `inventory`. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** An inventory as in YAML; the host alone by default. */
  readonly inventory?: object;
  /** Those of a Debian 13 machine by default. */
  readonly facts?: Partial<Facts>;
  /** As with `-e`: NAME=VALUE. */
  readonly extraVars?: readonly string[];
}

/**
 * The tasks of a role for a host, in order, without their blocks. No host is asked. Throws InputError if a variable does
 * not fit its declaration, and Error if a task has a property that does not exist or a wrong value of one.
 *
 * @example
 * const tasks = tasksOf(motd, { vars: { motd_text: "Hello" } });
 * assert.deepEqual(tasks.map(({ name }) => name), ["Write the message"]);
 */
export function tasksOf(role: Role, situation: Situation = {}): readonly Task[] {
  const {
    host = "here",
    vars = {},
    inventory = { all: { hosts: { [host]: vars } } },
    facts,
    extraVars = [],
  } = situation;
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-role-"));
  try {
    const file = path.join(root, "hosts.yaml");
    writeFileSync(file, JSON.stringify(inventory));
    const loaded = loadInventory({ file, root, extraVars });
    const [found] = loaded.select(host);
    if (!found) throw new Error(`no host ${host} in the spec's inventory`);
    const known = [inventoryVariables, role];
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

/**
 * Hosts without variables, as a group in an inventory has them.
 *
 * @example
 * tasksOf(web, { host: "web-1", inventory: { web: { hosts: hosts("web-1", "web-2") } } });
 */
export const hosts = (...names: readonly string[]): Record<string, null> =>
  Object.fromEntries(names.map((name) => [name, null]));

/**
 * The task of this name. Throws Error, with all names, if there is none.
 *
 * @example
 * const { props } = taskCalled(tasksOf(motd), "Write the message");
 */
export function taskCalled(tasks: readonly Task[], name: string): Task {
  const found = tasks.find((task) => task.name === name);
  if (!found) throw new Error(`no task "${name}"; there are: ${tasks.map((task) => task.name).join(", ")}`);
  return found;
}

/**
 * The text that a task writes from a template of its role.
 *
 * @example
 * textOf(motd, taskCalled(tasksOf(motd), "Write the message")); // "Hello from here\n"
 */
export function textOf(role: Role, task: Task): string {
  const { src, values = {} } = task.props as { readonly src: string; readonly values?: object };
  return renderTemplate(path.resolve(role.folder, "templates", src), values);
}
