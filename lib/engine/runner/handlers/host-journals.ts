import { settlesWithin } from "../../connection/settles-within.ts";
import { reasonOf } from "../events/reason.ts";
import type { LiveHost } from "../state/live-hosts.ts";
import { HostJournal } from "./host-journal.ts";

/** Milliseconds at the end of a run for the last lists. */
const patience = 2000;

/** The journals of all hosts that have a list of their own: the controller keeps that of itself. */
export class HostJournals {
  readonly #all = new Map<LiveHost, HostJournal>();
  readonly #notice: (message: string) => void;

  constructor(notice: (message: string) => void) {
    this.#notice = notice;
  }

  of(host: string, live: LiveHost): Pick<HostJournal, "keep"> {
    const { writer, owed } = live;
    if (owed === undefined) return none;
    const journal = this.#all.get(live) ?? new HostJournal(writer, owed, (error) => this.#lost(host, error));
    this.#all.set(live, journal);
    return journal;
  }

  /** Resolves when all lists are on their hosts, or after a while. */
  async settled(): Promise<void> {
    const all = Promise.all([...this.#all.values()].map((journal) => journal.settled()));
    await settlesWithin(all, patience);
  }

  #lost(host: string, error: unknown): void {
    const why = reasonOf(error);
    this.#notice(`${host} could not keep the list of its pending handlers: only this controller has it. ${why}`);
  }
}

const none = { keep: (): void => undefined };
