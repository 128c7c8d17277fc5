import type { Target } from "../connection/types.ts";
import type { LoadedInventory } from "../inventory/types.ts";
import { readOnly } from "../connection/reader.ts";
import type { Hosts, LiveHost } from "./hosts.ts";
import { Overlay } from "./overlay.ts";
import { States } from "./states.ts";
import type { Place } from "./task-runner.ts";

/** Where tasks are done: what is known of each host, and of the controller, through a whole run. */
export class Places {
  readonly #inventory: LoadedInventory;
  readonly #hosts: Hosts;
  readonly #check: boolean;
  readonly #overlays = new Map<string, Overlay>();
  readonly #controllerOverlay = new Overlay();
  /** By host: what several walks know of it at the same time. */
  #peers = new Map<string, Set<States>>();

  constructor(inventory: LoadedInventory, hosts: Hosts, check: boolean) {
    this.#inventory = inventory;
    this.#hosts = hosts;
    this.#check = check;
  }

  /** Of what earlier plays knew only forecasts are kept. */
  startPlay(): void {
    this.#peers = new Map();
  }

  of(host: string, { writer }: LiveHost): Place {
    const overlay = this.#overlays.get(host) ?? new Overlay();
    this.#overlays.set(host, overlay);
    const peers = this.#peers.get(host) ?? new Set();
    this.#peers.set(host, peers);
    return {
      states: new States(readOnly(writer), overlay, this.#controllerOverlay, peers),
      answerer: this.#check ? "forecast" : { writer },
    };
  }

  /** Finds the places of one walk, each once. Rejects with UnreachableError. */
  elsewhere(own: string, isRoot: boolean): (host?: string, user?: string) => Promise<Place> {
    const known = new Map<string, Promise<Place>>();
    return (host = own, user) => {
      const key = JSON.stringify([host, user]);
      const place =
        known.get(key) ??
        this.#hosts.reach(asUser(this.#inventory.target(host), user, isRoot)).then((live) => this.of(host, live));
      known.set(key, place);
      return place;
    };
  }
}

/** As this user; as root where the play says so; else as the inventory says. */
export function asUser(target: Target, user: string | undefined, isRoot: boolean): Target {
  const wanted = user ?? (isRoot && !target.become ? "root" : undefined);
  if (wanted === undefined) return target;
  const { becomePassword: password } = target;
  return { ...target, become: { user: wanted, ...(password !== undefined && { password }) } };
}
