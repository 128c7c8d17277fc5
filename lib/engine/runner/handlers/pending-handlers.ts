import type { Action } from "../../tasks/resource.ts";
import type { Handler } from "../../tasks/task.ts";
import { handlerKey, type PlannedHandler } from "../plan/plan.ts";

interface PastChange {
  readonly kind: string;
  readonly label: string;
  readonly what: readonly string[];
  readonly at: number;
}

type SettledBy = ReturnType<NonNullable<Action<unknown>["settledBy"]>>;

/** The notified handlers of one host, and when each was notified: a later change may make a handler needless. */
export class PendingHandlers {
  /** The times of each handler's notifications; 0 is an earlier run. */
  readonly #at = new Map<string, Set<number>>();
  readonly #changes: PastChange[] = [];
  readonly #remember: (pending: ReadonlySet<string>) => void;
  #clock = 0;

  /** `remember` is called on every change, so that a killed run leaves the true list behind. */
  constructor(owed: ReadonlySet<string>, remember: (pending: ReadonlySet<string>) => void) {
    this.#remember = remember;
    for (const key of owed) this.#at.set(key, new Set([0]));
  }

  /** Returns a function that takes this notification back, for a task that changed nothing after all. */
  add(roleId: string, handlers: readonly Handler[]): () => void {
    if (handlers.length === 0) return () => undefined;
    const at = ++this.#clock;
    const keys = handlers.map((handler) => handlerKey({ roleId, handler }));
    for (const key of keys) this.#at.set(key, (this.#at.get(key) ?? new Set()).add(at));
    this.#tell();
    return () => {
      for (const key of keys) {
        const all = this.#at.get(key);
        if (all?.delete(at) && all.size === 0) this.#at.delete(key);
      }
      this.#tell();
    };
  }

  /** The handlers that this run has notified. */
  get own(): ReadonlySet<string> {
    return new Set([...this.#at].filter(([, all]) => isOfThisRun(all)).map(([key]) => key));
  }

  /** Whether this run has notified it. */
  isOwn(handler: Pick<PlannedHandler, "roleId" | "handler">): boolean {
    return isOfThisRun(this.#at.get(handlerKey(handler)) ?? new Set());
  }

  /** Replaces what earlier runs left by what another one has left meanwhile. */
  takeOver(owed: ReadonlySet<string>): void {
    const own = this.own;
    for (const key of [...this.#at.keys()]) if (!own.has(key)) this.#at.delete(key);
    for (const key of owed) if (!own.has(key)) this.#at.set(key, new Set([0]));
    this.#tell();
  }

  has(handler: Pick<PlannedHandler, "roleId" | "handler">): boolean {
    return this.#at.has(handlerKey(handler));
  }

  done(handler: PlannedHandler): void {
    this.#at.delete(handlerKey(handler));
    this.#tell();
  }

  changed(kind: string, label: string, what: readonly string[]): void {
    this.#changes.push({ kind, label, what, at: ++this.#clock });
  }

  /** Whether such a change followed the notification: a service that was started since has read the new files. */
  isSettled(handler: PlannedHandler, by: SettledBy): boolean {
    const since = Math.max(0, ...(this.#at.get(handlerKey(handler)) ?? []));
    return this.#changes.some(
      ({ kind, label, what, at }) =>
        kind === by.kind && label === by.label && at > since && (by.what === undefined || what.includes(by.what)),
    );
  }

  #tell(): void {
    this.#remember(new Set(this.#at.keys()));
  }
}

const isOfThisRun = (all: ReadonlySet<number>): boolean => [...all].some((at) => at > 0);
