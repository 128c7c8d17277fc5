import type { Target } from "../connection/types.ts";
import type { Assignment } from "../schema/types.ts";
import type { Group } from "./groups.ts";

export type { Assignment };

/** A host as roles see it. */
export interface Host {
  readonly name: string;
  /** Where other hosts find it: `node_address` where set, else `ansible_host`, else its name. */
  readonly address: string;
  /** Whose address that is to be, where only the host itself can tell which: `node_interface`. */
  readonly interface?: string;
  readonly groups: readonly string[];
}

export interface Inventory {
  /** The file it was read from: relative to the project where it is in there, else absolute. */
  readonly file: string;
  readonly hosts: readonly Host[];
  /** Throws InputError with the nearest name where there is no such host. */
  host(name: string): Host;
  /** The hosts of a group in inventory order; an unknown group is an InputError with the nearest name. */
  group(name: string): readonly Host[];
  hasGroup(name: string): boolean;
  /**
   * The hosts that a pattern names: `a:b`, `a:&b`, `a:!b`, globs, `~regex`, `group[0:2]`, `@file`, `localhost`.
   * A name that means nothing here is an InputError; given to `unknown` instead, it selects nobody.
   */
  select(pattern: string, unknown?: (message: string) => void): readonly Host[];
  /** Every assignment that reaches a host, weakest first: the last one of a name wins. */
  assignments(host: string): readonly Assignment[];
}

/** The inventory with what the runner needs beside it: how each host is reached. */
export interface LoadedInventory extends Inventory {
  target(host: string): Target;
  readonly groups: ReadonlyMap<string, Group>;
  /** What a person should know of it, though it is not wrong. */
  readonly notices: readonly string[];
}
