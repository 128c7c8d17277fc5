import type { Problem } from "../errors.ts";
import { InventoryBuilder, type RawInventory } from "./builder.ts";
import type { Addition } from "./types.ts";

/** The content of inventory files with what tasks added. What cannot be added becomes a problem. */
export function withAdditions(
  { groups, hosts }: RawInventory,
  additions: readonly Addition[],
  problems: Problem[],
): RawInventory {
  const builder = new InventoryBuilder(problems);
  for (const [name, group] of groups)
    builder.groups.set(name, { ...group, children: new Map(group.children), hosts: new Set(group.hosts) });
  for (const [name, host] of hosts) builder.hosts.set(name, { ...host, vars: [...host.vars] });
  for (const { host: name, groups: names, parents, vars } of additions) {
    const from = `what a task added to host ${name}`;
    const where = { file: from };
    const host = builder.host(name, where);
    host?.vars.push(...Object.entries(vars).map(([name, value]) => ({ name, value, from, where })));
    for (const group of names) {
      if (host) builder.group(group, where)?.hosts.add(name);
      for (const parent of parents) builder.child(parent, group, where);
    }
  }
  return builder;
}
