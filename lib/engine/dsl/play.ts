import type { Role } from "./role.ts";

export type BatchSize = number | `${number}%`;

export interface Play {
  readonly name: string;
  /** A pattern over the inventory; "localhost" is the controller. */
  readonly hosts: string;
  /** For nobody where the inventory has no hosts in this group: what works for a group elsewhere asks no rights there. */
  readonly onlyWith?: string;
  /** Be root on its hosts, whatever the inventory says. */
  readonly become?: boolean;
  /** So many hosts, or so much of them, at once; of several, one a batch, and the last for all that follow. */
  readonly serial?: BatchSize | readonly BatchSize[];
  readonly roles: readonly Role[];
  /** One failed host ends the whole run; one that cannot be reached does not. */
  readonly anyErrorsFatal?: boolean;
  /** The run ends when more than so much of a batch's hosts failed. */
  readonly maxFailPercentage?: number;
  /** Handlers run also on hosts where a task failed. */
  readonly forceHandlers?: boolean;
  /** Seconds to wait for hosts that do not answer yet, such as machines that were just made; 0 by default. */
  readonly waitForConnection?: number;
  /** For the commands of all its tasks. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}

export type Playbook = readonly Play[];

export const play = (play: Play): Play => play;
/** Plays in their order; a playbook among them contributes its own plays. */
export const playbook = (plays: readonly (Play | Playbook)[]): Playbook => plays.flat();
