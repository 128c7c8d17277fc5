import type { Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import type { RawGroup, RawInventory } from "./builder.ts";

export interface Group {
  readonly name: string;
  /** The length of the longest path from `all`, which has 0. */
  readonly depth: number;
  /** Among groups of the same depth, the highest wins (ansible_group_priority). */
  readonly priority: number;
  readonly children: readonly string[];
  /** The hosts that are in the group itself and not only in a child. */
  readonly ownHosts: readonly string[];
  /** All hosts, including those of the children: its own first, then level by level. */
  readonly hosts: readonly string[];
  readonly vars: readonly Assignment[];
}

/** Resolves which groups and hosts belong to each group; undefined if groups contain each other. */
export function buildGroups(raw: RawInventory, problems: Problem[]): ReadonlyMap<string, Group> | undefined {
  if (reportCycles(raw.groups, problems)) return undefined;
  const children = childrenOf(raw);
  const depths = depthsOf(children);
  const own = ownHosts(raw);
  return new Map(
    [...children].map(([name, inside]) => {
      const vars = raw.groups.get(name)?.vars ?? [];
      const priority = Number(vars.findLast((assignment) => assignment.name === priorityVariable)?.value ?? 1);
      const group: Group = {
        name,
        depth: depths.get(name) ?? 1,
        priority: Number.isFinite(priority) ? priority : 1,
        children: inside,
        ownHosts: own.get(name) ?? [],
        hosts: [...new Set(levels(name, children).flatMap((level) => own.get(level) ?? []))],
        vars: vars.filter((assignment) => assignment.name !== priorityVariable),
      };
      return [name, group];
    }),
  );
}

const priorityVariable = "ansible_group_priority";

/** Parents before their children, then by priority and name: later ones win. */
export const strengthOrder = (a: Group, b: Group): number =>
  a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1);

/** As in Ansible, `ungrouped` is the first child of all. Groups without a parent are its last children. */
function childrenOf({ groups }: RawInventory): Map<string, string[]> {
  const claimed = new Set([...groups.values()].flatMap(({ children }) => [...children.keys()]));
  const children = new Map([...groups.values()].map(({ name, children }) => [name, [...children.keys()]]));
  if (!children.has(ungrouped)) children.set(ungrouped, []);
  const orphans = [...children.keys()].filter((name) => name !== "all" && !claimed.has(name));
  const all = new Set([ungrouped, ...(children.get("all") ?? []), ...orphans]);
  return new Map([["all", [...all]], ...[...children].filter(([name]) => name !== "all")]);
}

const ungrouped = "ungrouped";

/** A host is ungrouped if it is in no other group, whether or not the inventory says so. */
function ownHosts({ groups, hosts }: RawInventory): Map<string, string[]> {
  const own = new Map([...groups.values()].map(({ name, hosts }) => [name, [...hosts]]));
  const grouped = new Set([...own].flatMap(([name, hosts]) => (name === "all" || name === ungrouped ? [] : hosts)));
  const left = [...hosts.keys()].filter((name) => !grouped.has(name));
  own.set(ungrouped, [...new Set([...(own.get(ungrouped) ?? []).filter((name) => !grouped.has(name)), ...left])]);
  return own;
}

/** A group and its descendants, level by level, each once. */
function levels(name: string, children: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set([name]);
  for (const group of found) for (const child of children.get(group) ?? []) found.add(child);
  return [...found];
}

function depthsOf(children: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const depths = new Map<string, number>();
  const visit = (name: string, depth: number): void => {
    if ((depths.get(name) ?? -1) >= depth) return;
    depths.set(name, depth);
    for (const child of children.get(name) ?? []) visit(child, depth + 1);
  };
  visit("all", 0);
  return depths;
}

function reportCycles(groups: ReadonlyMap<string, RawGroup>, problems: Problem[]): boolean {
  const before = problems.length;
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    for (const [child, where] of groups.get(name)?.children ?? []) {
      const start = child === name ? path.length : path.indexOf(child);
      if (child === "all")
        problems.push({ message: "all cannot be the child of a group: it contains every group", where });
      else if (start >= 0)
        problems.push({
          message: `groups contain each other: ${[...path.slice(start), name, child].join(" > ")}`,
          where,
        });
      else visit(child, [...path, name]);
    }
    done.add(name);
  };
  for (const name of groups.keys()) visit(name, []);
  return problems.length > before;
}
