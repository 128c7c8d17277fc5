import pLimit from "p-limit";
import type { Target, Writer } from "../../connection/types.ts";
import { TaskError, UnreachableError } from "../../errors.ts";
import { factsScript, parseFacts } from "../../facts/gather.ts";
import type { Facts } from "../../facts/types.ts";

export type Connect = (target: Target) => Promise<Writer>;

/** A connected host. */
export interface LiveHost {
  readonly writer: Writer;
  readonly facts: Facts;
}

/** Seconds to reconnect to a host after its restart. */
const patience = 60;

/** One connection per host and become user for a whole run, opened on first use, with the host's facts. */
export class LiveHosts {
  readonly #live = new Map<string, Promise<LiveHost>>();
  readonly #connect: Connect;
  readonly #limit: ReturnType<typeof pLimit>;

  constructor(connect: Connect, forks: number) {
    this.#connect = connect;
    this.#limit = pLimit(forks);
  }

  /**
   * `timeout` is the limit in seconds for the read of the facts; by default it is the host's. Rejects with
   * UnreachableError or TaskError (no privileges).
   */
  reach(target: Target, timeout?: number): Promise<LiveHost> {
    const key = JSON.stringify([target.name, target.become?.user]);
    const known = this.#live.get(key);
    if (known) return known;
    const made = this.#limit(() => this.#open(target, timeout));
    made.catch(() => this.#live.delete(key));
    this.#live.set(key, made);
    return made;
  }

  async #open(target: Target, timeout: number | undefined): Promise<LiveHost> {
    const writer = await this.#connect(target);
    try {
      const sentAt = Date.now();
      const { stdout, stderr, code } = await writer.read(factsScript, { timeout });
      if (code !== 0) throw new TaskError(`The host's facts could not be read: ${stderr.trim()}`);
      return { writer, facts: parseFacts(stdout, { sentAt, answeredAt: Date.now() }) };
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Reopens the other connections to a restarted host. The connection that restarted it reopens itself. */
  async renew(name: string, but: LiveHost): Promise<void> {
    for (const [key, made] of this.#live) {
      if ((JSON.parse(key) as readonly unknown[])[0] !== name) continue;
      const live = await made.catch(() => undefined);
      if (live && live !== but) await live.writer.reconnect?.(patience);
    }
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#live.values());
    await Promise.allSettled(all.map(async (host) => host.status === "fulfilled" && host.value.writer.close()));
  }
}

export const isUnreachable = (error: unknown): error is UnreachableError => error instanceof UnreachableError;
