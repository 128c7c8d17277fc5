import { tasksIn } from "#engine/tasks/block.ts";
import type { Static, TSchema } from "typebox";
import type { Host, Inventory } from "#engine/inventory/types.ts";
import type { Task } from "#engine/tasks/task.ts";
import { pki } from "#roles/pki/index.ts";

type Context = Parameters<typeof pki.tasks>[0];
type Vars = Context["vars"];

export const master = (number: number, address = `10.0.0.${number}`): Host => ({
  name: `master-${number}`,
  address,
  groups: ["masters"],
});

const fallback = (schema: TSchema): Static<TSchema> => ("default" in schema ? schema.default : undefined);
const defaults = Object.fromEntries(
  Object.entries(pki.vars).map(([name, schema]) => [name, fallback(schema)]),
) as unknown as Vars;

/** The role's tasks for these masters. */
export function tasksFor(masters: readonly Host[], change: Partial<Vars> = {}): readonly Task[] {
  const vars = { ...defaults, ...change };
  const inventory: Inventory = {
    file: "hosts.yaml",
    hosts: masters,
    host: () => masters[0]!,
    group: () => masters,
    hasGroup: () => true,
    select: () => masters,
    assignments: () => [],
  };
  const host = { name: "localhost", address: "localhost", groups: [] };
  return tasksIn(
    pki.tasks({
      vars,
      host,
      inventory,
      facts: {} as Context["facts"],
      varsOf: () => vars,
      factsOf: () => undefined,
    }),
  );
}
