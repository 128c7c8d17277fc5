import { mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { tryLock, waitForLock, watch, type LockPlace, type Taken } from "../../connection/lock.ts";
import type { Writer } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
import { isOnController, type Step } from "../../tasks/resource.ts";
import { readHostJournal } from "../handlers/host-journal.ts";
import { readOwed, type Owed } from "../handlers/owed.ts";
import type { LiveHost } from "../state/live-hosts.ts";
import { giveBack, unlock, type Held } from "./held-lock.ts";
import { controller, hostOf, inAnyInventory, isRoots, keyOf } from "./lock-order.ts";
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

/** Milliseconds between two heartbeats; a lock survives the loss of two. */
const heartbeat = 15_000;
/** Seconds between two notices to a person who waits. */
const word = 10;
/** Called after the steps. */
export type Release = () => void;

/**
 * The locks of a run. Those of hosts are held to its end: the first change on any host of a batch takes those of the
 * whole batch, in an order that is the same for all runs. A run that has to wait for one gives back those that come later,
 * and those of earlier batches. The controller's lock comes last, and is held for the steps there alone, unless the
 * controller is itself a host. So no two runs wait for each other.
 */
export class Locks {
  readonly #o: LockOptions;
  readonly #events: LocksEvents;
  readonly #locks = new Map<string, Promise<Held>>();
  /** Hosts that were locked before: another run may have been at work since. */
  readonly #past = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #batch: readonly (readonly [host: string, live: LiveHost])[] = [];
  #batchTaken: Promise<void> | undefined;
  #controller: Writer | undefined;
  #seenOnController: string;
  /** How many changes are at work on the controller, and whether its lock is held as that of a host. */
  #uses = 0;
  #isHost = false;
  #freed: Promise<void> = Promise.resolve();
  /**
   * Called when another run may have changed a host, or the controller, since this run first looked. `owed` are the
   * handlers that the host is owed now, if they could be read.
   */
  othersWereAtWork: (host: string | undefined, owed?: Owed) => void = () => undefined;

  constructor(options: LockOptions, events: LocksEvents) {
    this.#o = options;
    this.#events = events;
    this.#seenOnController = firstLine(options.controllerFile);
    this.#timer = setInterval(() => void this.#eachHeld(({ watch }) => watch?.beat()), heartbeat);
    this.#timer.unref();
  }

  /** The hosts that will be changed together. No change of an earlier batch is under way. */
  startBatch(hosts: Iterable<readonly [host: string, live: LiveHost]>): void {
    this.#batch = [...hosts].filter(([, { writer }]) => writer.local !== true).sort(inAnyInventory);
    this.#batchTaken = undefined;
  }

  /** Rejects with TaskError if another run is at work on what these steps change. */
  async before(steps: readonly Step[], host: string, live: LiveHost): Promise<Release> {
    const isLocal = live.writer.local === true;
    const changesHost = isLocal || !steps.every(isOnController);
    if (changesHost) await (this.#batchTaken ??= this.#takeBatch());
    if (isLocal) await this.#holdLocal(host, live);
    else if (changesHost) await this.#hold(keyOf(host, live), () => this.#placeOf(host, live));
    return steps.some(isOnController) ? this.#useController() : () => undefined;
  }

  /** Releases the locks of a host whose connections are about to close. The next change takes them again. */
  async letGo(host: string): Promise<void> {
    for (const key of [...this.#locks.keys()]) if (hostOf(key) === host) await this.#drop(key);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#eachHeld(giveBack);
    await this.#controller?.close();
  }

  async #hold(key: string, placeOf: () => LockPlace | Promise<LockPlace>): Promise<void> {
    for (;;) {
      const taking = this.#locks.get(key) ?? this.#takeOne(key, placeOf);
      this.#locks.set(key, taking);
      const { writer, watch } = await taking;
      if (writer.lockState === "held") return;
      if (writer.lockState === "lost") throw new TaskError(lost(writer.host));
      // The shell was ended by this run itself, because its command hung.
      watch?.end();
      if (this.#locks.get(key) === taking) this.#locks.delete(key);
    }
  }

  async #takeOne(key: string, placeOf: () => LockPlace | Promise<LockPlace>): Promise<Held> {
    const place = await placeOf();
    const { end } = (await this.#take(new Map([[key, place]]))).get(key) ?? {};
    if (!end || end instanceof Error) throw end ?? new Error(`no lock: ${key}`);
    return this.#kept(key, place, end);
  }

  /** No change on a host of the batch begins before this has ended. */
  async #takeBatch(): Promise<void> {
    const places = new Map<string, LockPlace>();
    const held = new Map<string, Held>();
    for (const [name, live] of this.#batch) {
      const key = keyOf(name, live);
      const known = await this.#known(key);
      if (known === "failed") continue;
      if (known) held.set(key, known);
      places.set(key, await this.#placeOf(name, live));
    }
    if (held.size === places.size) return;
    for (const [key, { place, end }] of await this.#take(places, held)) {
      if (held.has(key)) continue;
      const taking = end instanceof Error ? Promise.reject(end) : Promise.resolve(this.#kept(key, place, end));
      // Its host may have nothing to change.
      taking.catch(() => undefined);
      this.#locks.set(key, taking);
    }
  }

  /**
   * A batch's locks that are held already need no try. They are given back, and those of earlier batches, if one that
   * comes before them has to be awaited: nothing is under way on any host then.
   */
  #take(places: ReadonlyMap<string, LockPlace>, held?: Map<string, Held>): ReturnType<typeof takeInOrder> {
    const began = Date.now();
    return takeInOrder(places, {
      take: async (place, key) => held?.get(key)?.taken ?? tryLock(place),
      giveBack: async ({ name, writer }, key) => {
        if (held) await this.letGo(name);
        if (!held?.delete(key)) await unlock(writer);
      },
      wait: async (place, first) => {
        if (held) await this.#dropAllBut(places);
        return waitForLock(place, first, this.#waitingFor(place, began));
      },
    });
  }

  async #dropAllBut(places: ReadonlyMap<string, LockPlace>): Promise<void> {
    const hosts = new Set([...places.values()].map(({ name }) => name));
    this.#isHost = false;
    for (const key of [...this.#locks.keys()])
      if (key === controller ? this.#uses === 0 : !hosts.has(hostOf(key) ?? "")) await this.#drop(key);
  }

  #waitingFor({ name }: LockPlace, began: number): Parameters<typeof waitForLock>[2] {
    const { patience } = this.#o;
    const { stopping, notice } = this.#events;
    let next = 0;
    return {
      until: began + patience * 1000,
      stopping,
      waiting: (by) => {
        const seconds = Math.round((Date.now() - began) / 1000);
        if (seconds < next) return;
        next = seconds + word;
        notice(`Waiting for ${name}: it is locked by ${by} (${String(seconds)} of ${String(patience)} s)`);
      },
      beside: (by) => notice(`Not waiting longer for ${name}: ${by} may be at work there too`),
    };
  }

  /** The controller as a host. This user's shell for it holds the lock too, until its commands have ended. */
  async #holdLocal(host: string, live: LiveHost): Promise<void> {
    this.#isHost = true;
    await this.#hold(controller, () => this.#ofController());
    // Other users may not open the file.
    if (live.facts.user === userInfo().username) await this.#hold(keyOf(host, live), () => this.#local(live.writer));
  }

  async #useController(): Promise<Release> {
    const release = (): void => {
      this.#uses -= 1;
      if (this.#uses === 0 && !this.#isHost) this.#freed = this.#drop(controller);
    };
    this.#uses += 1;
    try {
      await this.#hold(controller, () => this.#ofController());
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  async #ofController(): Promise<LockPlace> {
    await this.#freed;
    this.#controller ??= this.#o.controller();
    mkdirSync(path.dirname(this.#o.controllerFile), { recursive: true });
    return this.#local(this.#controller);
  }

  #kept(key: string, { writer }: LockPlace, taken: Taken): Held {
    if (taken.othersWereAtWork || this.#past.has(key))
      this.othersWereAtWork(hostOf(key), isRoots(key) && !writer.local ? readOwed(taken.read) : undefined);
    if (key !== controller) this.#past.add(key);
    return { writer, taken, watch: writer.local === true ? undefined : watch(writer, taken.pid) };
  }

  /** A lock that is held, "failed" if it was lost or cannot be had. */
  async #known(key: string): Promise<Held | "failed" | undefined> {
    const known = await this.#locks.get(key)?.catch(() => "failed" as const);
    if (!known || known === "failed") return known;
    const { lockState } = known.writer;
    if (lockState === "none") await this.#drop(key);
    return lockState === "held" ? known : lockState === "lost" ? "failed" : undefined;
  }

  async #placeOf(name: string, live: LiveHost): Promise<LockPlace> {
    const { writer, lastHolder } = live;
    const others = [...this.#locks.keys()].filter((key) => hostOf(key) === name && key !== keyOf(name, live));
    const [joined] = (await Promise.all(others.map((key) => this.#known(key)))).filter((known) => known !== "failed");
    const wanted = { holder: this.#o.holder, joins: joined?.taken.pid, thenRead: readHostJournal };
    return { name, writer, wanted, seen: lastHolder };
  }

  #local(writer: Writer): LockPlace {
    const { holder, controllerFile: file } = this.#o;
    return { name: "the controller", writer, wanted: { holder, file }, seen: this.#seenOnController };
  }

  async #drop(key: string): Promise<void> {
    const taking = this.#locks.get(key);
    this.#locks.delete(key);
    const held = await taking?.catch(() => undefined);
    if (held) await giveBack(held);
    if (held && key === controller) this.#seenOnController = `free ${this.#o.holder}`;
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

function firstLine(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n")[0] ?? "";
  } catch {
    return "";
  }
}

const lost = (host: string): string =>
  `the lock on ${host} was lost, and another run may be at work there by now: nothing more is done`;
