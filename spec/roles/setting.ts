import type { Role, RoleContext } from "kubeplay";
import { tasksIn } from "#engine/tasks/block.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import type { Facts } from "#engine/facts/types.ts";
import type { Host, Inventory } from "#engine/inventory/types.ts";
import type { Task } from "#engine/tasks/task.ts";
import type { VarSpecs } from "#engine/schema/types.ts";
import { subject, type Subject } from "../lib/engine/resources/one-resource.ts";
import { taskCalled, textOf } from "./tasks-of.ts";

export interface Setting<V> {
  /** The first host is the one whose tasks are made. */
  readonly hosts: readonly Host[];
  readonly vars?: Partial<V>;
  readonly facts?: Partial<Facts>;
}

export const hostOf = (name: string, address: string, ...groups: string[]): Host => ({ name, address, groups });
export const master = (name: string, address: string): Host => hostOf(name, address, "masters");
export const node = (name: string, address: string): Host => hostOf(name, address, "nodes");

/** An inventory that supports groups, and patterns of the form a:b. */
export const inventoryOf = (hosts: readonly Host[]): Inventory => ({
  file: "hosts.yaml",
  hosts,
  host: (name) => hosts.find((host) => host.name === name)!,
  group: (name) => hosts.filter(({ groups }) => groups.includes(name)),
  hasGroup: (name) => hosts.some(({ groups }) => groups.includes(name)),
  select: (pattern) => hosts.filter(({ groups }) => pattern.split(":").some((name) => groups.includes(name))),
  assignments: () => [],
});

/** The default values of a role's variables. */
export const defaultsOf = (specs: VarSpecs): Record<string, unknown> =>
  Object.fromEntries(Object.entries(specs).map(([name, schema]) => [name, (schema as { default?: unknown }).default]));

export function contextOf<V>(role: Role<V>, { hosts, vars, facts }: Setting<V>): RoleContext<V> {
  const values = { ...defaultsOf(role.vars), ...vars } as V;
  return {
    vars: values,
    host: hosts[0]!,
    inventory: inventoryOf(hosts),
    facts: { ...assumedFacts(hosts[0]!.name), ...facts },
    varsOf: () => values,
    factsOf: () => undefined,
  };
}

/** A role's tasks for the first of these hosts: a plain Debian 13 machine. */
export const tasksOf = <V>(role: Role<V>, setting: Setting<V>): readonly Task[] =>
  tasksIn(role.tasks(contextOf(role, setting)));

/** The text that a task of a role writes from its template. */
export const renderedBy = <V>(role: Role<V>, setting: Setting<V>, task = "Write its unit"): string =>
  textOf(role, taskCalled(tasksOf(role, setting), task));

export const namesOf = (tasks: readonly Task[]): string[] => tasks.map(({ name }) => name);

/** The four functions of the task of that name. */
export const taskNamed = (tasks: readonly Task[], name: string, roleFolder?: string): Subject =>
  subject(taskCalled(tasks, name), roleFolder);
