import type { Target } from "../connection/types.ts";
import type { Assignment } from "../schema/types.ts";
import type { Group } from "./groups.ts";

export type { Assignment };

/** A host as roles see it. */
export interface Host {
  readonly name: string;
  /** The address at which other hosts reach it: `node_address` if set, else `ansible_host`, else its name. */
  readonly address: string;
  /** `node_interface`, if `node_address` is not set: the host reports the address of this interface as its own. */
  readonly interface?: string;
  /** The host's groups, including their parents, by name; without `all`. */
  readonly groups: readonly string[];
}

/**
 * The inventory as roles see it.
 *
 * @example
 * const servers = inventory.group("etcd").map(({ address }) => `https://${address}:2379`);
 */
export interface Inventory {
  /** The inventory file: relative to the project if it is inside, else absolute. */
  readonly file: string;
  readonly hosts: readonly Host[];
  /** The host with this name. Throws InputError with the nearest name if there is none. */
  host(name: string): Host;
  /** The hosts of a group in inventory order. Throws InputError with the nearest name if there is no such group. */
  group(name: string): readonly Host[];
  /** Whether there is a group of this name. */
  hasGroup(name: string): boolean;
  /**
   * The hosts that a pattern names: `a:b`, `a:&b`, `a:!b`, globs, `~regex`, `group[0:2]`, `@file`, `localhost`.
   * An unknown name throws InputError; with `unknown`, it selects no host and is reported there.
   */
  select(pattern: string, unknown?: (message: string) => void): readonly Host[];
  /** All assignments for a host, weakest first: the last one of a name wins. */
  assignments(host: string): readonly Assignment[];
}

/** What a task adds to the inventory: a host, or groups that it is in. */
export interface Addition {
  readonly host: string;
  readonly groups: readonly string[];
  /** Groups that those groups become children of. */
  readonly parents: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
}

/** The inventory with what the runner needs in addition, such as the connection target of each host. */
export interface LoadedInventory extends Inventory {
  target(host: string): Target;
  readonly groups: ReadonlyMap<string, Group>;
  /** The same inventory with these additions. Throws InputError with what is wrong with them. */
  with(additions: readonly Addition[]): LoadedInventory;
  /** Messages for the user about things that are not errors. */
  readonly notices: readonly string[];
}
