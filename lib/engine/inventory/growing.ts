import type { Target } from "../connection/types.ts";
import { InputError } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import type { Group } from "./groups.ts";
import { implicitHost } from "./pattern.ts";
import type { Addition, Host, LoadedInventory } from "./types.ts";

interface Placed {
  readonly play: number;
  /** The place of the host that added it. */
  readonly by: number;
  readonly addition: Addition;
}

/** The inventory of one run, to which tasks add. The result does not depend on which host was faster. */
export class GrowingInventory implements LoadedInventory {
  readonly #base: LoadedInventory;
  #now: LoadedInventory;
  #additions: readonly Placed[] = [];
  #play = 0;
  #order: ReadonlyMap<string, number> = new Map();

  constructor(base: LoadedInventory) {
    this.#base = base;
    this.#now = base;
  }

  /** What is added from now on comes after what earlier plays added. */
  startPlay(): void {
    this.#play += 1;
    this.#order = new Map(this.#now.hosts.map(({ name }, index) => [name, index]));
  }

  /** Adds what a task of the host `by` adds. Throws InputError if it cannot be added. */
  add(addition: Addition, by: string): void {
    if (addition.host === implicitHost && by === implicitHost && !this.#order.has(by))
      throw new InputError([{ message: `${by} is in no inventory, so it cannot be in a group: add it to the hosts` }]);
    const own = { play: this.#play, by: this.#order.get(by) ?? -1, addition };
    const additions = [...this.#additions, own].sort((a, b) => a.play - b.play || a.by - b.by);
    this.#now = this.#base.with(additions.map((one) => one.addition));
    this.#additions = additions;
  }

  get file(): string {
    return this.#now.file;
  }

  get hosts(): readonly Host[] {
    return this.#now.hosts;
  }

  get groups(): ReadonlyMap<string, Group> {
    return this.#now.groups;
  }

  get notices(): readonly string[] {
    return this.#now.notices;
  }

  host(name: string): Host {
    return this.#now.host(name);
  }

  group(name: string): readonly Host[] {
    return this.#now.group(name);
  }

  hasGroup(name: string): boolean {
    return this.#now.hasGroup(name);
  }

  select(pattern: string, unknown?: (message: string) => void): readonly Host[] {
    return this.#now.select(pattern, unknown);
  }

  assignments(host: string): readonly Assignment[] {
    return this.#now.assignments(host);
  }

  target(host: string): Target {
    return this.#now.target(host);
  }

  with(additions: readonly Addition[]): LoadedInventory {
    return this.#now.with(additions);
  }
}
