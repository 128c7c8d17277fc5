import { InputError, type Inventory, type Role } from "kubeplay";
import { hasLab } from "#cluster/members.ts";

interface DrillVariables {
  readonly drill: boolean;
}

/** Throws InputError if a drill would run on machines that are no lab. */
export function checkDrill({ drill }: DrillVariables, inventory: Inventory): void {
  if (drill && !hasLab(inventory))
    throw new InputError([
      { message: `drill is true, but ${inventory.file} has no lab: expected an inventory such as hosts.drill.yaml` },
    ]);
}

/**
 * The same role for the playbook drill, which replaces etcd's data without a look at the member that runs. Its tasks
 * throw InputError unless the inventory is one for drills.
 */
export const onlyInDrill = <V extends DrillVariables>(role: Role<V>): Role<V> => ({
  ...role,
  tasks: (context) => {
    if (!context.vars.drill)
      throw new InputError([
        {
          message: `drill is false in ${context.inventory.file}: the playbook drill would replace the data of its masters. Play it with -i hosts.drill.yaml, or restore a cluster with the playbook restore`,
        },
      ]);
    return role.tasks(context);
  },
});
