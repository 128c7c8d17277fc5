import type { Location, Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import { expandRanges } from "./host-range.ts";
import { mistakeIn } from "./names.ts";

export interface RawGroup {
  readonly name: string;
  readonly where: Location;
  /** Each child with the place that names it. */
  readonly children: Map<string, Location>;
  readonly hosts: Set<string>;
  readonly vars: Assignment[];
}

export interface RawHost {
  readonly name: string;
  readonly where: Location;
  readonly vars: Assignment[];
}

/** The content of inventory files, before their groups are resolved. */
export interface RawInventory {
  readonly groups: Map<string, RawGroup>;
  readonly hosts: Map<string, RawHost>;
}

/** Collects the groups and hosts of all inventory files. Names that cannot be one become problems. */
export class InventoryBuilder implements RawInventory {
  readonly groups = new Map<string, RawGroup>();
  readonly hosts = new Map<string, RawHost>();
  readonly #problems: Problem[];

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  /** The group of this name, which is made if there is none; undefined if it cannot be one. */
  group(name: string, where: Location): RawGroup | undefined {
    if (!this.#isName("group", name, where)) return undefined;
    const group = this.groups.get(name) ?? { name, where, children: new Map(), hosts: new Set(), vars: [] };
    this.groups.set(name, group);
    return group;
  }

  /** Makes one group a child of another. */
  child(parent: string, name: string, where: Location): void {
    const group = this.group(parent, where);
    if (!group || !this.group(name, where)) return;
    if (!group.children.has(name)) group.children.set(name, where);
  }

  /** The host of this name, which is made if there is none; undefined if it cannot be one. */
  host(name: string, where: Location): RawHost | undefined {
    if (!this.#isName("host", name, where)) return undefined;
    const host = this.hosts.get(name) ?? { name, where, vars: [] };
    this.hosts.set(name, host);
    return host;
  }

  /** Adds the hosts of a pattern such as "web-[1:3]:2222" to a group; each gets the variables. */
  addHosts(
    group: string,
    pattern: string,
    where: Location,
    varsOf: (host: string) => readonly Assignment[],
    file: string,
  ): void {
    const [, bare = pattern, port] = /^([^:]+|.*\].*):(\d+)$/.exec(pattern) ?? [];
    for (const name of this.#expand(bare, where)) {
      const host = this.host(name, where);
      if (!host) return;
      this.groups.get(group)?.hosts.add(name);
      if (port !== undefined)
        host.vars.push({ name: "ansible_port", value: Number(port), from: `${file}, host ${name}`, where });
      host.vars.push(...varsOf(name));
    }
  }

  #expand(pattern: string, where: Location): string[] {
    try {
      return expandRanges(pattern);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#problems.push({ message: error.message, where });
      return [];
    }
  }

  #isName(kind: "host" | "group", name: string, where: Location): boolean {
    const mistake = mistakeIn(kind, name);
    if (mistake !== undefined) this.#problems.push({ message: mistake, where });
    return mistake === undefined;
  }
}
