import type { TaskName } from "./events.ts";

export const keyOf = (name: Pick<TaskName, "role" | "task">): string => `${name.role}\0${name.task}`;

/** Merges the task lists of several hosts. The order of each host is kept; otherwise the first appearance counts. */
export function mergeOrder(lists: readonly (readonly TaskName[])[]): TaskName[] {
  const names = new Map<string, TaskName>();
  const before = new Map<string, Set<string>>();
  for (const list of lists) {
    const own = new Map(list.map((name) => [keyOf(name), name]));
    let last: string | undefined;
    for (const [key, name] of own) {
      if (!names.has(key)) names.set(key, name);
      const earlier = before.get(key) ?? new Set();
      before.set(key, earlier);
      if (last !== undefined) earlier.add(last);
      last = key;
    }
  }
  const merged = new Set<string>();
  for (const key of names.keys()) place(key, before, merged);
  return [...merged].flatMap((key) => names.get(key) ?? []);
}

/** Places a task after all tasks that precede it. Hosts with opposite orders make a circle, which is cut. */
function place(key: string, before: ReadonlyMap<string, ReadonlySet<string>>, merged: Set<string>): void {
  const entered = new Set<string>();
  const open = [key];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    const waiting = entered.has(next) ? [] : [...(before.get(next) ?? [])].filter((one) => !merged.has(one));
    entered.add(next);
    const fresh = waiting.filter((one) => !entered.has(one));
    if (fresh.length > 0) open.push(...fresh.reverse());
    else {
      open.pop();
      merged.add(next);
    }
  }
}
