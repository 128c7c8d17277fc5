import { Type } from "typebox";
import { defineRole, type Host, InputError, type Inventory, type Role } from "kubeplay";

/** What the playbook `remove` is given. */
export const removalVariables = {
  remove: Type.String({
    default: "",
    description: "The node that the playbook remove takes out of the cluster; only with -e.",
  }),
  remove_unreachable: Type.Boolean({
    default: false,
    description:
      "Whether the machine of the node that the playbook remove takes out is off for good: it is not connected to.",
  }),
  remove_volumes: Type.Boolean({
    default: false,
    description:
      "Whether the playbook remove deletes the claims whose volumes only the node has. The folders stay on its disk.",
  }),
};

const given = (inventory: Inventory, name: keyof typeof removalVariables): unknown =>
  inventory.assignments("localhost").findLast((assignment) => assignment.name === name)?.value;

/** The name of the node that leaves. Throws InputError if the run names none. */
export function removedIn(inventory: Inventory): string {
  const name = given(inventory, "remove");
  if (typeof name === "string" && name !== "") return name;
  const message = "which node is to leave the cluster? Expected its name: npm run play -- -e remove=worker-3 remove";
  throw new InputError([{ message }]);
}

const ignored = (): void => undefined;

/** The hosts of a pattern that stay in the cluster. */
export const staying =
  (pattern: string) =>
  (inventory: Inventory): readonly Host[] => {
    const leaves = removedIn(inventory);
    return inventory.select(pattern, ignored).filter(({ name }) => name !== leaves);
  };

/** The host that leaves; none if its machine is lost, or if the inventory does not have it any more. */
export const leaving = (inventory: Inventory): readonly Host[] => {
  const leaves = removedIn(inventory);
  const isLost = String(given(inventory, "remove_unreachable")) === "true";
  return isLost ? [] : inventory.hosts.filter(({ name }) => name === leaves);
};

/** An inventory as it is once a host has left it. */
export function withoutHost(inventory: Inventory, leaves: string): Inventory {
  const stays = (hosts: readonly Host[]): readonly Host[] => hosts.filter(({ name }) => name !== leaves);
  return {
    file: inventory.file,
    hosts: stays(inventory.hosts),
    host: (name) => inventory.host(name),
    group: (name) => stays(inventory.group(name)),
    hasGroup: (name) => inventory.hasGroup(name),
    select: (pattern, unknown) => stays(inventory.select(pattern, unknown)),
    assignments: (name) => inventory.assignments(name),
  };
}

/** The same role for a cluster that a host has left: its tasks see an inventory without it. */
export const asIfRemoved = ({ tasks, vars, fixed, tags, ...role }: Role): Role =>
  defineRole({
    ...role,
    vars: { ...vars, remove: removalVariables.remove },
    tasks: (context) => tasks({ ...context, inventory: withoutHost(context.inventory, context.vars.remove) }),
  })
    .with(fixed)
    .tagged(...tags);
