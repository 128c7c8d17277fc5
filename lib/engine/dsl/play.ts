import { InputError } from "../errors.ts";
import type { Host, Inventory } from "../inventory/types.ts";
import { locationOf } from "../error-location.ts";
import type { Serial } from "../tasks/block.ts";
import { problemsIn, prop, simple, type Rules } from "../tasks/properties.ts";
import type { Role } from "./role.ts";

/** The name of a variable that a play's roles declare. */
export interface SerialVariable {
  readonly variable: string;
}

/** Roles for the hosts that a pattern selects. */
export interface Play {
  readonly name: string;
  /**
   * A pattern for the inventory, such as "masters:!master-2". "localhost" is the controller. A function selects hosts by
   * more than their names, such as a variable; it does no I/O.
   */
  readonly hosts: string | ((inventory: Inventory) => readonly Host[]);
  /** Skips the play if this group has no hosts: a play on localhost for a group then needs no rights on localhost. */
  readonly onlyWith?: string;
  /** Tasks become root on its hosts, whatever the inventory says. */
  readonly become?: boolean;
  /**
   * The number or percentage of hosts at once. A list has one size per batch; its last one also holds for the rest. Or
   * the name of a variable of its roles, a text such as "2" or "10%"; the value of the first host decides.
   */
  readonly serial?: Serial | SerialVariable;
  readonly roles: readonly Role[];
  /** A failed host ends the whole run; an unreachable host does not. */
  readonly anyErrorsFatal?: boolean;
  /** The run ends if more than this percentage of a batch's hosts failed. */
  readonly maxFailPercentage?: number;
  /** Handlers run even on hosts where a task failed. */
  readonly forceHandlers?: boolean;
  /** Seconds to wait for hosts that do not answer yet, such as new machines; 0 by default. */
  readonly waitForConnection?: number;
  /**
   * Seconds after which a step of a task counts as hung and is ended, if neither the task nor the step sets a limit; the
   * host's task_timeout by default. Work on the controller has no limit by default.
   */
  readonly timeout?: number;
  /** Environment variables for the commands of all its tasks. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Tags of all its tasks. */
  readonly tags?: readonly string[];
}

/** Plays in the order in which they run. */
export type Playbook = readonly Play[];

const isRole = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as Partial<Role>).tasks === "function";

const isSerial = (value: unknown): boolean =>
  typeof value === "number" || (typeof value === "object" && value !== null) || String(value).endsWith("%");

/** A play starts without a check of types, and a keyword that is not known would have no effect. */
const rules: Rules<Play> = {
  name: prop.text,
  hosts: prop.either(prop.text, prop.callback),
  onlyWith: prop.optional(prop.text),
  become: prop.optional(prop.flag),
  serial: prop.optional(
    simple<Serial | SerialVariable>("a number, a percentage, a list of them, or { variable }", isSerial),
  ),
  roles: prop.listOf(simple<Role>("a role", isRole)),
  anyErrorsFatal: prop.optional(prop.flag),
  maxFailPercentage: prop.optional(prop.number),
  forceHandlers: prop.optional(prop.flag),
  waitForConnection: prop.optional(prop.number),
  timeout: prop.optional(prop.number),
  environment: prop.optional(prop.mapOf(prop.text)),
  tags: prop.optional(prop.listOf(prop.text)),
};

/**
 * Defines a play. Throws InputError for a property that a play does not have, or of another type.
 *
 * @example
 * play({ name: "Control plane", hosts: "masters", serial: 1, roles: [kubeApiserver, kubeScheduler] })
 */
export function play(play: Play): Play {
  const problems = problemsIn(play, rules);
  if (problems.length === 0) return play;
  const where = locationOf(new Error());
  const name = typeof play.name === "string" ? ` "${play.name}"` : "";
  throw new InputError(
    problems.map((problem) => ({ message: `the play${name}: ${problem}`, ...(where && { where }) })),
  );
}

/**
 * Defines a playbook: plays in their order. A playbook among them contributes its own plays.
 *
 * @example
 * export default playbook([play({ name: "etcd", hosts: "etcd", roles: [etcd] }), addons]);
 */
export const playbook = (plays: readonly (Play | Playbook)[]): Playbook => plays.flat();
