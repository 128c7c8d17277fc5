import type { Role } from "kubeplay";
import type { Facts } from "#engine/facts/types.ts";
import type { Host } from "#engine/inventory/types.ts";
import type { Task } from "#engine/tasks/task.ts";
import type { VarSpecs } from "#engine/schema/types.ts";
import { subject, type Subject } from "../lib/engine/resources/one-resource.ts";
import { taskCalled, tasksOf as tasksWith, textOf } from "./tasks-of.ts";

export interface Setting<V> {
  /** The first host is the one whose tasks are made. */
  readonly hosts: readonly Host[];
  readonly vars?: Partial<V>;
  readonly facts?: Partial<Facts>;
}

export const hostOf = (name: string, address: string, ...groups: string[]): Host => ({ name, address, groups });
export const master = (name: string, address: string): Host => hostOf(name, address, "masters");
export const node = (name: string, address: string): Host => hostOf(name, address, "nodes");

/** The default values of a role's variables. */
export const defaultsOf = (specs: VarSpecs): Record<string, unknown> =>
  Object.fromEntries(Object.entries(specs).map(([name, schema]) => [name, (schema as { default?: unknown }).default]));

/** The hosts as the groups of an inventory. */
const groupsOf = (hosts: readonly Host[]): object =>
  Object.fromEntries(
    [...new Set(hosts.flatMap(({ groups }) => groups))].map((group) => {
      const members = hosts.filter(({ groups }) => groups.includes(group));
      return [
        group,
        { hosts: Object.fromEntries(members.map(({ name, address }) => [name, { ansible_host: address }])) },
      ];
    }),
  );

/** A role's tasks for the first of these hosts: a plain Debian 13 machine. */
export const tasksOf = <V>(role: Role<V>, { hosts, vars, facts }: Setting<V>): readonly Task[] =>
  tasksWith(role, {
    inventory: groupsOf(hosts),
    host: hosts[0]!.name,
    ...(vars && { extraVars: [JSON.stringify(vars)] }),
    ...(facts && { facts }),
  });

/** The text that a task of a role writes from its template. */
export const renderedBy = <V>(role: Role<V>, setting: Setting<V>, task = "Write its unit"): string =>
  textOf(role, taskCalled(tasksOf(role, setting), task));

export const namesOf = (tasks: readonly Task[]): string[] => tasks.map(({ name }) => name);

/** The four functions of the task of that name. */
export const taskNamed = (tasks: readonly Task[], name: string, roleFolder?: string): Subject =>
  subject(taskCalled(tasks, name), roleFolder);
