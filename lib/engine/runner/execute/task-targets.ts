import type { Target, Writer } from "../../connection/types.ts";
import type { Step } from "../../tasks/resource.ts";
import type { Query } from "../../queries/define.ts";
import { user as account } from "../../queries/user.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import { withTimeout } from "../../connection/timeout.ts";
import { withMembers } from "../../connection/with-members.ts";
import { readOnly } from "../../connection/reader.ts";
import type { Owed } from "../handlers/owed.ts";
import { isUnreachable, type LiveHosts, type LiveHost } from "../state/live-hosts.ts";
import { Overlay } from "../state/overlay.ts";
import type { Locks, Release } from "../coordinate/locks.ts";
import { States, type Questions } from "../state/states.ts";
import { checkMode, runMode, type ExecutionMode } from "./mode.ts";

/** Called with each answer of a host. `user` is set if it is not the play's. */
export type HostAnswered = (host: string, query: Query<unknown>, state: unknown, user?: string) => void;

export interface TaskTargetsOptions {
  readonly inventory: LoadedInventory;
  readonly hosts: LiveHosts;
  readonly check: boolean;
  readonly answered?: HostAnswered | undefined;
  readonly asked?: ((host: string, questions: readonly Questions[], seconds: number) => void) | undefined;
  readonly locks?: Locks | undefined;
  /** Called if another run was at work on a host, with the handlers that the host is owed now, if they could be read. */
  readonly tookOver?: (host: string, owed: Owed | undefined) => void;
}

/** Where a task is done. */
export interface TaskTarget {
  readonly states: States;
  readonly mode: ExecutionMode;
  /**
   * Keeps other runs away from what these steps change, at least until the returned function is called. Rejects with
   * TaskError if another run is at work there.
   */
  readonly lock: (steps: readonly Step[]) => Promise<Release | undefined>;
  /** Runs after steps that may have closed all connections to the host. */
  readonly renew: (steps: readonly Step[]) => Promise<void>;
}

/** The targets of a run: all that is known of each host, and of the controller. */
export class TaskTargets {
  readonly #o: TaskTargetsOptions;
  readonly #overlays = new Map<string, Overlay>();
  readonly #controllerOverlay = new Overlay();
  /** By host: the states that several host plays have of it at the same time. */
  #peers = new Map<string, Set<States>>();
  #everyone = new Set<States>();
  /** The play's limit for what sets none itself. */
  #timeout: number | undefined;

  constructor(options: TaskTargetsOptions) {
    this.#o = options;
    if (options.locks) options.locks.othersWereAtWork = (host, owed) => this.#tookOver(host, owed);
  }

  /** Before a task is compared again: forgets what was read before the lock was taken. */
  #tookOver(host: string | undefined, owed: Owed | undefined): void {
    const [anyone] = this.#everyone;
    if (host === undefined) {
      anyone?.tookOverController();
      for (const [local, [states]] of this.#peers) if (states?.isLocal) this.#o.tookOver?.(local, undefined);
      return;
    }
    const [states] = this.#peers.get(host) ?? [];
    states?.tookOver();
    this.#o.tookOver?.(host, owed);
  }

  /** Hosts that play together are locked together. */
  startBatch(hosts: Iterable<readonly [host: string, live: LiveHost]>): void {
    this.#o.locks?.startBatch(hosts);
  }

  /** Forgets everything of earlier plays but forecasts. */
  startPlay(timeout?: number): void {
    this.#timeout = timeout;
    this.#peers = new Map();
    this.#everyone = new Set();
  }

  /**
   * `user` is set if it is not the play's: another user can get other answers. `toCome` if an earlier task of a check
   * would make that user.
   */
  of(host: string, live: LiveHost, user?: string, toCome = false): TaskTarget {
    const { check, answered, asked, locks, hosts } = this.#o;
    const limited = withTimeout(live.writer, this.#timeout);
    const writer = locks ? lockedAgain(limited, () => locks.letGo(host)) : limited;
    const overlay = this.#overlays.get(host) ?? new Overlay();
    this.#overlays.set(host, overlay);
    const peers = this.#peers.get(host) ?? new Set();
    this.#peers.set(host, peers);
    return {
      states: new States(readOnly(writer), overlay, this.#controllerOverlay, {
        peers,
        everyone: this.#everyone,
        toCome,
        ...(asked && { asked: (questions, seconds) => asked(host, questions, seconds) }),
        ...(answered && { answered: (query, state) => answered(host, query, state, user) }),
      }),
      mode: check ? checkMode : runMode(writer),
      lock: async (steps) => locks?.before(steps, host, live),
      renew: async (steps) => {
        if (steps.some(endsConnection)) await hosts.renew(host, live);
      },
    };
  }

  /** Returns a function that finds the other targets of one host play, each once. It rejects with UnreachableError. */
  elsewhere(own: string, isRoot: boolean): (host?: string, user?: string) => Promise<TaskTarget> {
    const known = new Map<string, Promise<TaskTarget>>();
    return (host = own, user) => {
      const key = JSON.stringify([host, user]);
      const place =
        known.get(key) ??
        this.#o.hosts
          .reach(asUser(this.#o.inventory.target(host), user, isRoot))
          .then((live) => this.of(host, live, user))
          .catch((error: unknown) => this.#asUserToCome(host, user, isRoot, error));
      known.set(key, place);
      return place;
    };
  }

  /**
   * In a check, the target of a user who could not log in, as an earlier task would make the account: it may be among
   * the effects of a package. Throws the error if it is another one.
   */
  async #asUserToCome(host: string, user: string | undefined, isRoot: boolean, error: unknown): Promise<TaskTarget> {
    const overlay = this.#overlays.get(host);
    if (!this.#o.check || user === undefined || !overlay || isUnreachable(error)) throw error;
    const forecast = overlay.of(account(user));
    if (forecast ? forecast.state === undefined : !overlay.open) throw error;
    const live = await this.#o.hosts.reach(asUser(this.#o.inventory.target(host), undefined, isRoot));
    if ((await answerOf(live, account(user))) !== undefined) throw error;
    return this.of(host, live, user, true);
  }
}

/** What a host has now, without forecasts. */
async function answerOf<State>(live: LiveHost, query: Query<State>): Promise<unknown> {
  const states = new States(readOnly(live.writer), new Overlay(), new Overlay());
  await states.ask([query]);
  return states.get(query);
}

/** The connection holds the lock: after a reconnect the lock must be taken again. */
function lockedAgain(writer: Writer, letGo: () => Promise<void>): Writer {
  const reconnect = writer.reconnect?.bind(writer);
  if (!reconnect) return writer;
  return withMembers(writer, {
    reconnect: async (seconds) => {
      await letGo();
      await reconnect(seconds);
    },
  });
}

const endsConnection = (step: Step): boolean => typeof step === "object" && "endsConnection" in step;

/** The target with this user; with root if the play becomes root; else as in the inventory. */
export function asUser(target: Target, user: string | undefined, isRoot: boolean): Target {
  const wanted = user ?? (isRoot && !target.become ? "root" : undefined);
  if (wanted === undefined) return target;
  return { ...target, become: { ...target.becomes, user: wanted } };
}
