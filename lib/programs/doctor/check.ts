import type { Host, Inventory, Values } from "kubeplay";
import type { TaskError } from "#engine/errors.ts";
import type { Facts } from "#engine/facts/types.ts";
import type { Query } from "#engine/queries/define.ts";
import type { Server } from "../reading/api.ts";
import type { doctorVariables } from "./variables.ts";

/** Something that is wrong, or will be. */
export interface Finding {
  /** A "note" is worth knowing and changes no exit code. */
  readonly severity: "error" | "warning" | "note";
  /** The host, object or component: "cp-1", "pod kube-system/coredns-abc", "etcd". */
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly problem: string;
  /** Why, if it is known. */
  readonly cause?: string;
  /** What to do. */
  readonly remedy: string;
}

/** What a check may depend on before it has asked anything. */
export interface CheckContext {
  readonly vars: Values<typeof doctorVariables>;
  readonly inventory: Inventory;
  readonly masters: readonly Host[];
  /** All hosts that are nodes, the masters among them. */
  readonly nodes: readonly Host[];
}

/** A host that answered. An answer that could not be read is the error. */
export interface Patient {
  readonly host: Host;
  readonly facts: Facts;
  /** By the names that `onHosts` gave. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** Everything that was asked. */
export interface Seen extends CheckContext {
  /** Hosts that this check has asked and that answered. */
  readonly patients: readonly Patient[];
  readonly servers: readonly Server[];
  /** The body of the API's answer; undefined if the API gave none, or refused. */
  readonly api: (path: string) => unknown;
  /** The time of the examination. */
  readonly now: Date;
}

/**
 * One thing that `npm run doctor` looks at. A project adds its own in files of the folder doctor/.
 *
 * @example
 * // doctor/swap.ts
 * import { defineCheck } from "kubeplay/doctor";
 * export default defineCheck({
 *   name: "swap",
 *   description: "No host uses swap.",
 *   findings: ({ patients }) =>
 *     patients
 *       .filter(({ facts }) => facts.swap > 0)
 *       .map(({ host }) => ({
 *         severity: "warning", subject: host.name, problem: "it has swap", remedy: "swapoff --all, and /etc/fstab",
 *       })),
 * });
 */
export interface Check {
  /** Lower-case words joined by hyphens; unique. */
  readonly name: string;
  /** The healthy state, in one sentence. */
  readonly description: string;
  /** The queries of a host; none for a host that the check does not ask. All checks' queries travel in one script. */
  readonly onHosts?: (host: Host, context: CheckContext) => Readonly<Record<string, Query<unknown>>>;
  /** Paths of the Kubernetes API, read once for all checks. */
  readonly fromApi?: readonly string[] | ((context: CheckContext) => readonly string[]);
  /** Pure. */
  readonly findings: (seen: Seen) => readonly Finding[];
}

export const defineCheck = (check: Check): Check => check;

/** The answer of this type, or undefined if it could not be read; `collect` reports that itself. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the check knows the type of its own query
export const answer = <S>({ answers }: Patient, name: string): S | undefined => {
  const found = answers[name];
  return found instanceof Error ? undefined : (found as S | undefined);
};

export type { Server, TaskError };
