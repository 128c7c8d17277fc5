import { sharedSignal } from "../connection/interruption.ts";

/** A request to end the run early: no step begins any more, and after some seconds the running ones are ended. */
export class Interruption {
  readonly #requested = new AbortController();
  readonly #cutOff = new AbortController();
  readonly #seconds: number;
  /** Aborted once the run must begin no more steps. */
  readonly requested = sharedSignal(this.#requested);
  /** Aborted once the running steps must be ended. */
  readonly cutOff = sharedSignal(this.#cutOff);

  /** The seconds that running steps have to end by themselves. */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  request(): void {
    if (this.requested.aborted) return;
    this.#requested.abort();
    setTimeout(() => {
      this.#cutOff.abort();
    }, this.#seconds * 1000).unref();
  }
}
