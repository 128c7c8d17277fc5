import type { Host } from "kubeplay";
import { askHosts, type AskedHost } from "#cluster/ask-hosts.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import type { Query } from "#engine/queries/define.ts";
import { askApi, type AskedApi } from "../reading/api.ts";
import type { Check, CheckContext, Finding, Patient, Seen } from "./check.ts";

/** The checks see everything by one collection. */
export interface Collected {
  readonly seenBy: (check: Check) => Seen;
  /** What could not be asked. */
  readonly findings: readonly Finding[];
}

/** Asks every host and the API at the same time: a script for each host, a request for each path. Changes nothing. */
export async function collect(
  inventory: LoadedInventory,
  context: CheckContext,
  checks: readonly Check[],
): Promise<Collected> {
  const now = new Date();
  const paths = [...new Set(checks.flatMap(({ fromApi = [] }) => (isList(fromApi) ? fromApi : fromApi(context))))];
  const [hosts, api] = await Promise.all([
    askHosts<Record<string, unknown>>(inventory, inventory.hosts, (host) => questionsOf(checks, host, context)),
    askApi(
      context,
      paths.map((path) => ({ path })),
    ),
  ]);
  const findings = [...hosts.flatMap(unread), ...unasked(api)];
  const seenBy = (check: Check): Seen => ({
    ...context,
    now,
    servers: api.servers,
    api: (path) => api.bodies.get(path),
    patients: hosts.flatMap((asked) => patientOf(check, asked)),
  });
  return { seenBy, findings };
}

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

/** Names of different checks do not meet. */
const keyOf = (check: Check, name: string): string => `${check.name}\0${name}`;

const questionsOf = (checks: readonly Check[], host: Host, context: CheckContext): Record<string, Query<unknown>> =>
  Object.fromEntries(
    checks.flatMap((check) =>
      Object.entries(check.onHosts?.(host, context) ?? {}).map(([name, query]) => [keyOf(check, name), query]),
    ),
  );

function patientOf(check: Check, asked: AskedHost<Record<string, unknown>>): Patient[] {
  if ("unreachable" in asked) return [];
  const own = Object.entries(asked.answers).filter(([key]) => key.startsWith(keyOf(check, "")));
  if (own.length === 0 && check.onHosts) return [];
  const answers = Object.fromEntries(own.map(([key, state]) => [key.slice(keyOf(check, "").length), state]));
  return [{ host: asked.host, facts: asked.facts, answers }];
}

function unread(asked: AskedHost<Record<string, unknown>>): Finding[] {
  const subject = asked.host.name;
  if ("unreachable" in asked)
    return [
      {
        severity: "error",
        subject,
        problem: "the controller cannot reach it, so nothing on it was checked",
        cause: asked.unreachable,
        remedy: "start the host, or mend the way to it; if it is gone for good, take it out of the cluster",
      },
    ];
  return Object.entries(asked.answers).flatMap(([key, state]) =>
    state instanceof Error
      ? [
          {
            severity: "warning" as const,
            subject,
            problem: `the check ${key.split("\0")[0] ?? ""} could not read it`,
            cause: state.message,
            remedy: "look at the cause; the other checks are not affected",
          },
        ]
      : [],
  );
}

const unasked = ({ trouble }: AskedApi): Finding[] =>
  trouble ? [{ severity: "error", subject: "the API", ...trouble }] : [];
