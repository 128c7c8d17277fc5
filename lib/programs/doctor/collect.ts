import { existsSync, readFileSync } from "node:fs";
import type { Host } from "kubeplay";
import { askHosts, type AskedHost } from "#cluster/ask-hosts.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import type { Query } from "#engine/queries/define.ts";
import { apiserversOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { ApiAgent } from "#kubernetes/api/agent.ts";
import { askServer, NoAnswer } from "#kubernetes/api/request.ts";
import { readKubeconfig, type Kubeconfig } from "#kubernetes/kubeconfig/format.ts";
import type { Check, CheckContext, Finding, Patient, Seen, Server } from "./check.ts";
import { text } from "./objects.ts";

/** Milliseconds. A server that hangs must not hold up the rest. */
const timeouts = { connect: 3000, handshake: 5000, answer: 20_000 };

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
    askApi(context, paths),
  ]);
  const findings = [...hosts.flatMap(unread), ...api.findings];
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

interface AskedApi {
  readonly servers: readonly Server[];
  readonly bodies: ReadonlyMap<string, unknown>;
  readonly findings: readonly Finding[];
}

async function askApi({ vars, inventory }: CheckContext, paths: readonly string[]): Promise<AskedApi> {
  const file = kubeconfigPath(vars.cluster_name, "super-admin");
  const none = { servers: [], bodies: new Map<string, unknown>() };
  const failed = (problem: string, remedy: string, cause?: string): AskedApi => ({
    ...none,
    findings: [{ severity: "error", subject: "the API", problem, remedy, ...(cause !== undefined && { cause }) }],
  });
  if (!existsSync(file))
    return failed(
      `the controller has no ${file}, so the API was not asked`,
      "play site, or run this on the controller",
    );
  const agent = new ApiAgent({ keepAlive: true, maxSockets: 10 });
  try {
    const config = readKubeconfig(readFileSync(file, "utf8"));
    const urls = apiserversOf(inventory, vars.kube_apiserver_port);
    const servers = await Promise.all(urls.map((url) => serverAt(url, config, agent)));
    const best = servers.find(({ status }) => status === 200) ?? servers.find(({ status }) => status > 0);
    if (!best) {
      const why = servers.map(({ url, text: said }) => `${url}: ${said}`).join("; ");
      return {
        ...failed("no API server answers, so nothing in the cluster was checked", "start kube-apiserver and etcd", why),
        servers,
      };
    }
    const bodies = await Promise.all(paths.map(async (path) => [path, await bodyAt(best.url, config, agent, path)]));
    return { servers, bodies: new Map(bodies as [string, unknown][]), findings: [] };
  } finally {
    agent.destroy();
  }
}

async function serverAt(url: string, config: Kubeconfig, agent: ApiAgent): Promise<Server> {
  const ask = (path: string) => askServer(url, config, { agent, timeouts }, { method: "GET", path });
  try {
    const [ready, version] = await Promise.all([ask("/readyz?verbose"), ask("/version")]);
    return {
      url,
      status: ready.status,
      text: typeof ready.body === "string" ? ready.body : text(ready.body, "message"),
      version: text(version.body, "gitVersion"),
    };
  } catch (error) {
    if (error instanceof NoAnswer) return { url, status: 0, text: error.message, version: "" };
    throw error;
  }
}

async function bodyAt(url: string, config: Kubeconfig, agent: ApiAgent, path: string): Promise<unknown> {
  try {
    const { status, body } = await askServer(url, config, { agent, timeouts }, { method: "GET", path });
    return status === 200 ? body : undefined;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}
