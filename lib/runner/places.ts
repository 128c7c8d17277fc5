import type { Target } from "../connection/types.ts";
import type { Step } from "../resources/define.ts";
import type { LoadedInventory } from "../inventory/types.ts";
import { readOnly } from "../connection/reader.ts";
import type { Hosts, LiveHost } from "./hosts.ts";
import { Overlay } from "./overlay.ts";
import type { Locks } from "./locks.ts";
import { States, type Answered } from "./states.ts";
import type { Place } from "./task-runner.ts";

export interface PlacesOptions {
  readonly inventory: LoadedInventory;
  readonly hosts: Hosts;
  readonly check: boolean;
  /** Is told what each host answered. */
  readonly answered?: ((host: string, ...answer: Parameters<Answered>) => void) | undefined;
  readonly locks?: Locks | undefined;
}

/** Where tasks are done: what is known of each host, and of the controller, through a whole run. */
export class Places {
  readonly #o: PlacesOptions;
  readonly #overlays = new Map<string, Overlay>();
  readonly #controllerOverlay = new Overlay();
  /** By host: what several walks know of it at the same time. */
  #peers = new Map<string, Set<States>>();

  constructor(options: PlacesOptions) {
    this.#o = options;
  }

  /** Of what earlier plays knew only forecasts are kept. */
  startPlay(): void {
    this.#peers = new Map();
  }

  of(host: string, live: LiveHost): Place {
    const { check, answered, locks } = this.#o;
    const { writer } = live;
    const overlay = this.#overlays.get(host) ?? new Overlay();
    this.#overlays.set(host, overlay);
    const peers = this.#peers.get(host) ?? new Set();
    this.#peers.set(host, peers);
    return {
      states: new States(readOnly(writer), overlay, this.#controllerOverlay, {
        peers,
        ...(answered && { answered: (query, state) => answered(host, query, state) }),
      }),
      answerer: check ? "forecast" : { writer },
      lock: async (steps) => {
        await locks?.before(steps, host, live);
        if (steps.some(endsConnection)) await locks?.letGo(host);
      },
    };
  }

  /** Finds the places of one walk, each once. Rejects with UnreachableError. */
  elsewhere(own: string, isRoot: boolean): (host?: string, user?: string) => Promise<Place> {
    const known = new Map<string, Promise<Place>>();
    return (host = own, user) => {
      const key = JSON.stringify([host, user]);
      const place =
        known.get(key) ??
        this.#o.hosts.reach(asUser(this.#o.inventory.target(host), user, isRoot)).then((live) => this.of(host, live));
      known.set(key, place);
      return place;
    };
  }
}

const endsConnection = (step: Step): boolean => typeof step === "object" && "endsConnection" in step;

/** As this user; as root where the play says so; else as the inventory says. */
export function asUser(target: Target, user: string | undefined, isRoot: boolean): Target {
  const wanted = user ?? (isRoot && !target.become ? "root" : undefined);
  if (wanted === undefined) return target;
  const { becomePassword: password } = target;
  return { ...target, become: { user: wanted, ...(password !== undefined && { password }) } };
}
