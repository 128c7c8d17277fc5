import type { Target, Writer } from "../../connection/types.ts";
import type { Step } from "../../tasks/resource.ts";
import type { Query } from "../../queries/define.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import { readOnly } from "../../connection/reader.ts";
import type { Hosts, LiveHost } from "../state/live-hosts.ts";
import { Overlay } from "../state/overlay.ts";
import type { Locks } from "../coordinate/locks.ts";
import { States } from "../state/states.ts";
import type { TaskTarget } from "./task-runner.ts";

/** `user` where it is another than the play's. */
export type HostAnswered = (host: string, query: Query<unknown>, state: unknown, user?: string) => void;

export interface TaskTargetsOptions {
  readonly inventory: LoadedInventory;
  readonly hosts: Hosts;
  readonly check: boolean;
  /** Is told what each host answered. */
  readonly answered?: HostAnswered | undefined;
  readonly locks?: Locks | undefined;
}

/** Where tasks are done: what is known of each host, and of the controller, through a whole run. */
export class TaskTargets {
  readonly #o: TaskTargetsOptions;
  readonly #overlays = new Map<string, Overlay>();
  readonly #controllerOverlay = new Overlay();
  /** By host: what several walks know of it at the same time. */
  #peers = new Map<string, Set<States>>();
  #everyone = new Set<States>();

  constructor(options: TaskTargetsOptions) {
    this.#o = options;
  }

  /** Of what earlier plays knew only forecasts are kept. */
  startPlay(): void {
    this.#peers = new Map();
    this.#everyone = new Set();
  }

  /** `user` where it is another than the play's: they may be answered otherwise. */
  of(host: string, live: LiveHost, user?: string): TaskTarget {
    const { check, answered, locks, hosts } = this.#o;
    const writer = locks ? lockedAgain(live.writer, () => locks.letGo(host)) : live.writer;
    const overlay = this.#overlays.get(host) ?? new Overlay();
    this.#overlays.set(host, overlay);
    const peers = this.#peers.get(host) ?? new Set();
    this.#peers.set(host, peers);
    return {
      states: new States(readOnly(writer), overlay, this.#controllerOverlay, {
        peers,
        everyone: this.#everyone,
        ...(answered && { answered: (query, state) => answered(host, query, state, user) }),
      }),
      mode: check ? "forecast" : { writer },
      lock: async (steps) => {
        await locks?.before(steps, host, live);
        if (steps.some(endsConnection)) await locks?.letGo(host);
      },
      renew: async (steps) => {
        if (steps.some(endsConnection)) await hosts.renew(host, live);
      },
    };
  }

  /** Finds the places of one walk, each once. Rejects with UnreachableError. */
  elsewhere(own: string, isRoot: boolean): (host?: string, user?: string) => Promise<TaskTarget> {
    const known = new Map<string, Promise<TaskTarget>>();
    return (host = own, user) => {
      const key = JSON.stringify([host, user]);
      const place =
        known.get(key) ??
        this.#o.hosts
          .reach(asUser(this.#o.inventory.target(host), user, isRoot))
          .then((live) => this.of(host, live, user));
      known.set(key, place);
      return place;
    };
  }
}

/** A lock is held by the connection: where that is made anew, the lock has to be taken anew. */
function lockedAgain(writer: Writer, letGo: () => Promise<void>): Writer {
  const { host, local } = writer;
  const attach = writer.attach?.bind(writer);
  const reconnect = writer.reconnect?.bind(writer);
  return {
    host,
    ...(local !== undefined && { local }),
    read: (script, options) => writer.read(script, options),
    run: (script, options) => writer.run(script, options),
    upload: (upload, chain) => writer.upload(upload, chain),
    close: () => writer.close(),
    ...(attach && { attach }),
    ...(reconnect && {
      reconnect: async (seconds) => {
        await letGo();
        await reconnect(seconds);
      },
    }),
  };
}

const endsConnection = (step: Step): boolean => typeof step === "object" && "endsConnection" in step;

/** As this user; as root where the play says so; else as the inventory says. */
export function asUser(target: Target, user: string | undefined, isRoot: boolean): Target {
  const wanted = user ?? (isRoot && !target.become ? "root" : undefined);
  if (wanted === undefined) return target;
  const { becomePassword: password } = target;
  return { ...target, become: { user: wanted, ...(password !== undefined && { password }) } };
}
