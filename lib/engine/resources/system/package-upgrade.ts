import { packageLists, type PackageListsState } from "../../queries/package-lists.ts";
import { aptUpgrades, type Upgrade, type UpgradeScope } from "../../queries/apt-upgrades.ts";
import type { Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { aptUpgrade } from "./apt.ts";
import { checkSeconds, day, listsDifference } from "./apt-options.ts";

/** The properties of `packageUpgrade`. */
export interface PackageUpgradeProps {
  /**
   * "safe", the default, removes no package; "full" also removes those that are in the way of others; "security" is
   * those of "safe" with a version from the distribution's security updates.
   */
  readonly scope?: UpgradeScope;
  /** Seconds for which the package lists count as fresh; a day by default. Others are fetched, which is a change. */
  readonly cacheValid?: number;
  /** Seconds to wait for other programs that hold apt's locks, such as unattended-upgrades; 900 by default. */
  readonly lockTimeout?: number;
}

interface PackageUpgradeNow {
  readonly lists: PackageListsState;
  readonly upgrades: readonly Upgrade[];
}

const scopeOf = ({ scope = "safe" }: PackageUpgradeProps): UpgradeScope => scope;

/**
 * All Debian packages of the host in their newest versions. A difference is a package with its versions before and
 * after, by the host's package lists. Packages that are held stay. Services are not restarted: /run/reboot-required says
 * whether the host wants a restart. Fails with TaskError if apt finds the host's packages in disorder.
 *
 * @example
 * packageUpgrade("Install security updates", { scope: "security" });
 */
export const packageUpgrade = defineResource({
  kind: "package upgrade",
  props: {
    scope: prop.optional(prop.oneOf("safe", "full", "security")),
    cacheValid: prop.optional(prop.number),
    lockTimeout: prop.optional(prop.number),
  },
  label: (p: PackageUpgradeProps) => scopeOf(p),
  locate: (p) => {
    checkSeconds(p);
    return p;
  },
  needs: (p) => ({ lists: packageLists((p.cacheValid ?? day) / 60), upgrades: aptUpgrades(scopeOf(p)) }),
  diff: ({ lists, upgrades }: PackageUpgradeNow): Difference[] => [
    ...listsDifference(lists),
    ...upgrades.map(({ name, from, to }) => ({ what: name, before: from ?? "absent", after: to ?? "absent" })),
  ],
  apply: (_found, { lists }, p) => [
    aptUpgrade(scopeOf(p), lists.fresh ? Math.max(p.cacheValid ?? day, day) : 0, p.lockTimeout),
  ],
  forecast: () => ({ lists: { fresh: true }, upgrades: [] }),
  effects: () => ["everything"],
});
