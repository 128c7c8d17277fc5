import type { Role } from "./role.ts";

export interface Play {
  readonly name: string;
  /** A pattern over the inventory; "localhost" is the controller. */
  readonly hosts: string;
  /** For nobody where the inventory has no hosts in this group: what works for a group elsewhere asks no rights there. */
  readonly onlyWith?: string;
  /** Be root on its hosts, whatever the inventory says. */
  readonly become?: boolean;
  /** So many hosts, or so much of them, at once. */
  readonly serial?: number | `${number}%`;
  readonly roles: readonly Role[];
  /** One failed host ends the whole run; one that cannot be reached does not. */
  readonly anyErrorsFatal?: boolean;
  readonly tags?: readonly string[];
}

export type Playbook = readonly Play[];

export const play = (play: Play): Play => play;
/** Plays in their order; a playbook among them contributes its own plays. */
export const playbook = (plays: readonly (Play | Playbook)[]): Playbook => plays.flat();
