import { barrier, defineRole } from "kubeplay";
import { changesKey, endedUpgrade, forgotten, hostChanges } from "#cluster/upgrade/ended.ts";
import { outdated } from "#cluster/upgrade/outdated.ts";
import { serviceVariables } from "#cluster/upgrade/upgraded.ts";
import { allServices } from "./services.ts";

export const earlierUpgrades = defineRole({
  name: "earlier-upgrades",
  folder: import.meta.dirname,
  description: "Forgets what an earlier upgrade kept, when another one begins: a rollback puts back one upgrade only.",
  vars: serviceVariables,
  tasks: (context) => {
    const { vars, host, inventory } = context;
    if (vars.rollback) return [];
    const services = allServices(context);
    const changing = outdated("Look whether the host changes", {
      programs: services.flatMap(({ programs }) => programs),
    }).register(hostChanges);
    const others = [...inventory.group("masters"), ...inventory.group("nodes")].filter(
      ({ name }) => name !== host.name,
    );
    return [
      changing,
      barrier("Wait until every host has looked"),
      forgotten("Forget the upgrade before", {
        services,
        ...Object.fromEntries([
          [changesKey(host.name), changing.output],
          ...others.map(({ name }) => [changesKey(name), hostChanges.on(name).or(undefined)] as const),
        ]),
      }),
    ];
  },
});

export const endOfUpgrade = defineRole({
  name: "end-of-upgrade",
  folder: import.meta.dirname,
  description: "Notes that an upgrade has ended on all hosts.",
  vars: serviceVariables,
  tasks: (context) =>
    context.vars.rollback ? [] : [endedUpgrade("Note that the upgrade has ended", { services: allServices(context) })],
});
