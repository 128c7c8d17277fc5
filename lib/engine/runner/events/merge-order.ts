import type { TaskName } from "./events.ts";

export const keyOf = (name: Pick<TaskName, "role" | "task">): string => `${name.role}\0${name.task}`;

/** The tasks of several hosts as one list in which each host's own order holds; otherwise as they first appear. */
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

/** Whatever comes before a task is placed before it. Roles in another order on another host are a circle: it is cut. */
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
