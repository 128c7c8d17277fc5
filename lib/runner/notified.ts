import type { Action } from "../resources/define.ts";
import type { Handler } from "../resources/task.ts";
import { handlerKey, type PlannedHandler } from "./plan.ts";

interface Change {
  readonly kind: string;
  readonly label: string;
  readonly what: readonly string[];
  readonly at: number;
}

type SettledBy = ReturnType<NonNullable<Action<unknown>["settledBy"]>>;

/** Which handlers are owed to one host, and since when: a change after the notification may make one needless. */
export class Notified {
  readonly #at = new Map<string, number>();
  readonly #changes: Change[] = [];
  readonly #remember: (pending: ReadonlySet<string>) => void;
  #clock = 0;

  /** `remember` is told as soon as what is owed changes: a killed run leaves the truth behind. */
  constructor(owed: ReadonlySet<string>, remember: (pending: ReadonlySet<string>) => void) {
    this.#remember = remember;
    for (const key of owed) this.#at.set(key, 0);
  }

  add(roleId: string, handlers: readonly Handler[]): void {
    if (handlers.length === 0) return;
    for (const handler of handlers) this.#at.set(handlerKey({ roleId, handler }), ++this.#clock);
    this.#remember(new Set(this.#at.keys()));
  }

  has(handler: PlannedHandler): boolean {
    return this.#at.has(handlerKey(handler));
  }

  done(handler: PlannedHandler): void {
    this.#at.delete(handlerKey(handler));
    this.#remember(new Set(this.#at.keys()));
  }

  changed(kind: string, label: string, what: readonly string[]): void {
    this.#changes.push({ kind, label, what, at: ++this.#clock });
  }

  /** Whether such a change came after the notification: a service that was started since has read all that is new. */
  isSettled(handler: PlannedHandler, by: SettledBy): boolean {
    const since = this.#at.get(handlerKey(handler)) ?? 0;
    return this.#changes.some(
      ({ kind, label, what, at }) =>
        kind === by.kind && label === by.label && at > since && (by.what === undefined || what.includes(by.what)),
    );
  }
}
