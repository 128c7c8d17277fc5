import { takeLock, type Lock } from "../../connection/lock.ts";
import type { Channel } from "../../connection/channel.ts";
import { TaskError } from "../../errors.ts";
import { isOnController, type Step } from "../../tasks/resource.ts";
import type { LiveHost } from "../state/live-hosts.ts";

export interface LockOptions {
  /** The holder in one line: user, machine, run. */
  readonly holder: string;
  /** Seconds to wait for another run to end; 0 does not wait. */
  readonly patience: number;
  /** The controller's lock: a file in the project, so that other projects do not wait for it. */
  readonly controllerFile: string;
  /** Starts a command on the controller, as the user of the run. */
  readonly attach: (program: string) => Promise<Channel>;
}

const controller = "controller";
/** Milliseconds between two heartbeats; a lock survives the loss of two. */
const heartbeat = 15_000;
/** Seconds between two notices to a person who waits. */
const word = 10;

/** One lock per changed host, taken before the first change and held to the end of the run. */
export class Locks {
  readonly #o: LockOptions;
  readonly #notice: (message: string) => void;
  readonly #stopping: () => boolean;
  readonly #locks = new Map<string, Promise<Lock>>();
  readonly #held: Lock[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: LockOptions, notice: (message: string) => void, stopping: () => boolean) {
    this.#o = options;
    this.#notice = notice;
    this.#stopping = stopping;
    this.#timer = setInterval(() => this.#held.forEach((lock) => lock.beat()), heartbeat);
    this.#timer.unref();
  }

  /** Rejects with TaskError if another run is at work on what these steps change. */
  async before(steps: readonly Step[], host: string, { writer, facts }: LiveHost): Promise<void> {
    const { controllerFile, attach } = this.#o;
    const onHost = writer.local !== true && !steps.every(isOnController);
    // Each user has a lock of their own on a host.
    if (onHost) await this.#hold(JSON.stringify([host, facts.user]), host, (program) => attachTo(writer, program));
    if (writer.local === true || steps.some(isOnController))
      await this.#hold(controller, "the controller", attach, controllerFile);
  }

  /** Releases the lock of a host whose connection is about to close. The next change takes it again. */
  async letGo(host: string): Promise<void> {
    for (const [key, taking] of this.#locks) {
      if (key === controller || (JSON.parse(key) as [string])[0] !== host) continue;
      this.#locks.delete(key);
      const lock = await taking;
      this.#held.splice(this.#held.indexOf(lock), 1);
      await lock.release();
    }
  }

  async #hold(key: string, name: string, attach: LockOptions["attach"], file?: string): Promise<void> {
    const known = this.#locks.get(key);
    const taking = known ?? this.#take(name, attach, file);
    if (!known) this.#locks.set(key, taking);
    if ((await taking).lost)
      throw new TaskError(
        `the lock on ${name} was lost, and another run may be at work there by now: nothing more is done`,
      );
  }

  async #take(name: string, attach: LockOptions["attach"], file?: string): Promise<Lock> {
    const { holder, patience } = this.#o;
    let next = 0;
    const lock = await takeLock({
      name,
      attach,
      ...(file !== undefined && { file }),
      holder,
      patience,
      stopping: this.#stopping,
      waiting: (by, seconds) => {
        if (seconds < next) return;
        next = seconds + word;
        this.#notice(`Waiting for ${name}: it is locked by ${by} (${String(seconds)} of ${String(patience)} s)`);
      },
    });
    this.#held.push(lock);
    return lock;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#held.map((lock) => lock.release()));
  }
}

function attachTo(writer: LiveHost["writer"], program: string): Promise<Channel> {
  if (!writer.attach) throw new Error(`the connection to ${writer.host} has no way to hold a lock`);
  return writer.attach(program);
}
