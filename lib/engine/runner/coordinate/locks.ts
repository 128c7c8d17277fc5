import { mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { tryLock, waitForLock, watch, type LockPlace, type Taken, type Watch } from "../../connection/lock.ts";
import { settlesWithin } from "../../connection/settles-within.ts";
import type { Writer } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { isOnController, type Step } from "../../tasks/resource.ts";
import type { LiveHost } from "../state/live-hosts.ts";
import { takeInOrder } from "./take-in-order.ts";

export interface LockOptions {
  /** The holder in one line: user, machine, run. */
  readonly holder: string;
  /** Seconds to wait for another run to end; 0 does not wait. */
  readonly patience: number;
  /** The controller's lock: a file in the project, so that other projects do not wait for it. */
  readonly controllerFile: string;
  /** Connects to the controller, as the user of the run. */
  readonly controller: () => Writer;
}

export interface LocksEvents {
  readonly notice: (message: string) => void;
  readonly stopping: () => boolean;
}

const controller = "controller";
/** Milliseconds between two heartbeats; a lock survives the loss of two. */
const heartbeat = 15_000;
/** Seconds between two notices to a person who waits. */
const word = 10;
/** Milliseconds for a host to release a lock; after that its end of the connection does. */
const grace = 2000;

interface Held {
  readonly writer: Writer;
  readonly watch: Watch | undefined;
}

/**
 * The locks of a run, held to its end. The first change on any host of a batch takes those of the whole batch, in an
 * order that is the same for all runs: two runs on the same hosts never wait for each other.
 */
export class Locks {
  readonly #o: LockOptions;
  readonly #events: LocksEvents;
  readonly #locks = new Map<string, Promise<Held>>();
  /** What was held once: another run may have been at work since it was let go. */
  readonly #past = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  readonly #seenOnController: string;
  #batch: readonly (readonly [host: string, live: LiveHost])[] = [];
  #controller: Writer | undefined;
  /** Called when another run may have changed a host, or the controller, since this run first looked. */
  othersWereAtWork: (host: string | undefined) => void = () => undefined;

  constructor(options: LockOptions, events: LocksEvents) {
    this.#o = options;
    this.#events = events;
    this.#seenOnController = firstLine(options.controllerFile);
    this.#timer = setInterval(() => void this.#eachHeld(({ watch }) => watch?.beat()), heartbeat);
    this.#timer.unref();
  }

  /** The hosts that will be changed together. */
  startBatch(hosts: Iterable<readonly [host: string, live: LiveHost]>): void {
    this.#batch = [...hosts].filter(([, { writer }]) => writer.local !== true).sort(inAnyInventory);
  }

  /** Rejects with TaskError if another run is at work on what these steps change. */
  async before(steps: readonly Step[], host: string, live: LiveHost): Promise<void> {
    const isLocal = live.writer.local === true;
    if (!isLocal && !steps.every(isOnController)) await this.#hold(keyOf(host, live), () => this.#takeHost(host, live));
    if (!isLocal && !steps.some(isOnController)) return;
    await this.#hold(controller, () => this.#takeController());
    // This user's shell for a local host holds it too, until its commands have ended. Other users may not open the file.
    if (isLocal && live.facts.user === userInfo().username)
      await this.#hold(keyOf(host, live), () => this.#takeOne(keyOf(host, live), this.#local(live.writer)));
  }

  /** Releases the locks of a host whose connections are about to close. The next change takes them again. */
  async letGo(host: string): Promise<void> {
    for (const [key, taking] of this.#locks) {
      if (hostOf(key) !== host) continue;
      this.#locks.delete(key);
      const held = await taking.catch(() => undefined);
      if (held) await giveBack(held);
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#eachHeld(giveBack);
    await this.#controller?.close();
  }

  async #hold(key: string, take: () => Promise<Held>): Promise<void> {
    for (;;) {
      const taking = this.#locks.get(key) ?? take();
      if (!this.#locks.has(key)) this.#locks.set(key, taking);
      const { writer, watch } = await taking;
      if (writer.lockState === "held") return;
      if (writer.lockState === "lost") throw new TaskError(lost(writer.host));
      // The shell was ended by this run itself, because its command hung.
      watch?.end();
      if (this.#locks.get(key) === taking) this.#locks.delete(key);
    }
  }

  /** With it, all others of the batch that were not taken yet. */
  #takeHost(host: string, live: LiveHost): Promise<Held> {
    const key = keyOf(host, live);
    const batch = new Map(this.#batch.map(([name, of]) => [keyOf(name, of), this.#placeOf(name, of)] as const));
    if (!batch.has(key)) return this.#takeOne(key, this.#placeOf(host, live));
    for (const known of this.#locks.keys()) batch.delete(known);
    this.#batch = [];
    const all = this.#takeAll(batch);
    for (const other of batch.keys()) {
      const taking = all.then((taken) => found(taken, other));
      // Its host may have nothing to change.
      taking.catch(() => undefined);
      this.#locks.set(other, taking);
    }
    return this.#locks.get(key) ?? this.#takeOne(key, this.#placeOf(host, live));
  }

  #takeController(): Promise<Held> {
    this.#controller ??= this.#o.controller();
    mkdirSync(path.dirname(this.#o.controllerFile), { recursive: true });
    return this.#takeOne(controller, this.#local(this.#controller));
  }

  async #takeOne(key: string, place: LockPlace): Promise<Held> {
    return found(await this.#takeAll(new Map([[key, place]])), key);
  }

  async #takeAll(places: ReadonlyMap<string, LockPlace>): Promise<Map<string, Held | Error>> {
    const { patience } = this.#o;
    const { stopping, notice } = this.#events;
    const began = Date.now();
    const tried = await takeInOrder(places, {
      take: (place) => tryLock(place),
      giveBack: async ({ writer }) => writer.unlock?.(),
      wait: (place, first) => {
        let next = 0;
        const waiting = (by: string): void => {
          const seconds = Math.round((Date.now() - began) / 1000);
          if (seconds < next) return;
          next = seconds + word;
          notice(`Waiting for ${place.name}: it is locked by ${by} (${String(seconds)} of ${String(patience)} s)`);
        };
        const beside = (by: string): void => {
          notice(`Not waiting longer for ${place.name}: ${by} may be at work there too`);
        };
        return waitForLock(place, first, { until: began + patience * 1000, stopping, waiting, beside });
      },
    });
    return new Map(
      [...tried].map(([key, { place, end }]) => [key, end instanceof Error ? end : this.#kept(key, place, end)]),
    );
  }

  #kept(key: string, { writer }: LockPlace, { othersWereAtWork, pid }: Taken): Held {
    if (othersWereAtWork || this.#past.has(key)) this.othersWereAtWork(hostOf(key));
    this.#past.add(key);
    return { writer, watch: writer.local === true ? undefined : watch(writer, pid) };
  }

  #placeOf(name: string, { writer, lastHolder }: LiveHost): LockPlace {
    return { name, writer, wanted: { holder: this.#o.holder }, seen: lastHolder };
  }

  #local(writer: Writer): LockPlace {
    const { holder, controllerFile: file } = this.#o;
    return { name: "the controller", writer, wanted: { holder, file }, seen: this.#seenOnController };
  }

  async #eachHeld(use: (held: Held) => void | Promise<void>): Promise<void> {
    await Promise.all(
      [...this.#locks.values()].map(async (taking) => {
        const held = await taking.catch(() => undefined);
        if (held) await use(held);
      }),
    );
  }
}

const keyOf = (host: string, { facts }: LiveHost): string => JSON.stringify([host, facts.user]);

const hostOf = (key: string): string | undefined =>
  key === controller ? undefined : (JSON.parse(key) as readonly [string, string])[0];

/** By the machine's id: other inventories may have other names for it. Names decide among clones of one image. */
const inAnyInventory = (
  [name, one]: readonly [string, LiveHost],
  [otherName, other]: readonly [string, LiveHost],
): number => order(one.facts.machineId, other.facts.machineId) || order(name, otherName);

const order = (one: string, other: string): number => Number(one > other) - Number(one < other);

function found(taken: ReadonlyMap<string, Held | Error>, key: string): Held {
  const held = taken.get(key);
  if (!held || held instanceof Error) throw held ?? new Error(`no lock: ${key}`);
  return held;
}

const giveBack = async ({ writer, watch }: Held): Promise<void> => {
  watch?.end();
  const unlocked = writer.unlock?.().catch(() => undefined);
  if (unlocked) await settlesWithin(unlocked, grace);
};

function firstLine(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n")[0] ?? "";
  } catch {
    return "";
  }
}

const lost = (host: string): string =>
  `the lock on ${host} was lost, and another run may be at work there by now: nothing more is done`;
