import pLimit from "p-limit";
import type { Target, Writer } from "../../connection/types.ts";
import { lastHolderScript } from "../../connection/lock-script.ts";
import { TaskError, UnreachableError } from "../../errors.ts";
import { factsScript, parseFacts } from "../../facts/gather.ts";
import type { Facts } from "../../facts/types.ts";
import { readHostJournal } from "../handlers/host-journal.ts";
import { readOwed, type Owed } from "../handlers/owed.ts";

export type Connect = (target: Target) => Promise<Writer>;

/** A connected host. */
export interface LiveHost {
  readonly writer: Writer;
  readonly facts: Facts;
  /** The last holder of its lock, read with the facts. */
  readonly lastHolder: string;
  /**
   * The handlers that it is owed by its own list, read with the facts. Absent for others than root, who cannot read it, and
   * for this machine, whose list runs from here do not write.
   */
  readonly owed: Owed | undefined;
}

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
      const script = `${factsScript}\nsection lock; ${lastHolderScript}\nsection owed; ${readHostJournal}\n:`;
      const { stdout, stderr, code } = await writer.read(script, { timeout });
      if (code !== 0) throw new TaskError(`The host's facts could not be read: ${stderr.trim()}`);
      const [, lastHolder = ""] = /\n@@ lock\n(.*)/.exec(stdout) ?? [];
      const [, owed = ""] = /\n@@ owed\n(.*)/.exec(stdout) ?? [];
      const facts = parseFacts(stdout, { sentAt, answeredAt: Date.now() });
      return { writer, facts, lastHolder, owed: facts.user === "root" && !writer.local ? readOwed(owed) : undefined };
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
      if (live && live !== but) await live.writer.reconnect?.();
    }
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#live.values());
    await Promise.allSettled(all.map(async (host) => host.status === "fulfilled" && host.value.writer.close()));
  }
}

export const isUnreachable = (error: unknown): error is UnreachableError => error instanceof UnreachableError;
