import type { Target } from "../connection/types.ts";
import { InputError, type Location } from "../errors.ts";
import { didYouMean } from "../schema/nearest.ts";
import type { Assignment } from "../schema/types.ts";
import type { Group } from "./groups.ts";
import { implicitHost, selectNames, type Unknown } from "./pattern.ts";
import type { Addition, Host, LoadedInventory } from "./types.ts";

export interface LoadedHost {
  readonly host: Host;
  readonly where: Location;
  readonly assignments: readonly Assignment[];
  readonly target: Target;
}

/** A validated inventory. */
export class LoadedHosts implements LoadedInventory {
  readonly file: string;
  readonly hosts: readonly Host[];
  readonly notices: readonly string[];
  readonly #byName: ReadonlyMap<string, LoadedHost>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly #controller: LoadedHost | undefined;
  readonly #again: (additions: readonly Addition[]) => LoadedInventory;

  constructor(
    file: string,
    hosts: readonly LoadedHost[],
    groups: ReadonlyMap<string, Group>,
    controller: LoadedHost | undefined,
    notices: readonly string[],
    again: (additions: readonly Addition[]) => LoadedInventory,
  ) {
    this.#again = again;
    this.file = file;
    this.notices = notices;
    this.hosts = hosts.map(({ host }) => host);
    this.#byName = new Map(hosts.map((loaded) => [loaded.host.name, loaded]));
    this.groups = groups;
    this.#controller = controller;
  }

  host(name: string): Host {
    return this.#loaded(name).host;
  }

  group(name: string): readonly Host[] {
    const group = this.groups.get(name);
    if (!group)
      throw new InputError([{ message: `there is no group "${name}"${didYouMean(name, this.groups.keys())}` }]);
    return group.hosts.map((host) => this.host(host));
  }

  hasGroup(name: string): boolean {
    return this.groups.has(name);
  }

  select(pattern: string, unknown?: Unknown): readonly Host[] {
    const names = { groups: this.groups, hosts: [...this.#byName.keys()] };
    return selectNames(pattern, names, unknown).map((name) => this.host(name));
  }

  assignments(host: string): readonly Assignment[] {
    return this.#loaded(host).assignments;
  }

  target(host: string): Target {
    return this.#loaded(host).target;
  }

  with(additions: readonly Addition[]): LoadedInventory {
    return this.#again(additions);
  }

  #loaded(name: string): LoadedHost {
    const found = this.#byName.get(name) ?? (name === implicitHost ? this.#controller : undefined);
    if (!found)
      throw new InputError([{ message: `there is no host "${name}"${didYouMean(name, this.#byName.keys())}` }]);
    return found;
  }
}
