import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Agent, request } from "node:https";
import { readKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import type { ClientOptions, Seen } from "./client.ts";
import { endOf, inNetworkOf } from "./in-network.ts";
import type { Tally } from "./tally.ts";

export interface LoadOptions {
  readonly kubeconfig: string;
  /** https://host:port of an API server that the checker asks at the end. */
  readonly server: string;
  readonly namespace: string;
  /** The lab's hosts in whose network the two clients run. */
  readonly hosts: readonly [fresh: string, pooled: string];
  readonly service?: ClientOptions["service"];
}

export interface Figures {
  readonly seconds: number;
  readonly reads: Tally;
  readonly writes: Tally;
  readonly calls: Tally;
  /** Writes that were acknowledged, and of them those that are not there. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
}

const sum = (one: Tally, other: Tally): Tally => ({
  requests: one.requests + other.requests,
  failed: one.failed + other.failed,
  failedTwice: one.failedTwice + other.failedTwice,
  longestGap: Math.max(one.longestGap, other.longestGap),
  reasons: Object.fromEntries(
    [...new Set([...Object.keys(one.reasons), ...Object.keys(other.reasons)])].map((reason) => [
      reason,
      (one.reasons[reason] ?? 0) + (other.reasons[reason] ?? 0),
    ]),
  ),
});

interface List {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
  readonly metadata: { readonly continue?: string };
}

/** The names of all ConfigMaps that are there, read from etcd itself. */
async function written({ kubeconfig, server, namespace }: LoadOptions): Promise<ReadonlySet<string>> {
  const { ca, certificate: cert, key } = readKubeconfig(readFileSync(kubeconfig, "utf8"));
  const agent = new Agent({ keepAlive: true });
  const page = async (from: string): Promise<List> => {
    const url = new URL(`/api/v1/namespaces/${namespace}/configmaps?limit=1000&continue=${from}`, server);
    return new Promise((resolve, reject) => {
      const asked = request(url, { ca, cert, key, agent }, (answer) => {
        text(answer).then((body) => resolve(JSON.parse(body) as List), reject);
      });
      asked.on("error", reject).end();
    });
  };
  const names = new Set<string>();
  for (let from: string | undefined = ""; from !== undefined;) {
    const { items, metadata }: List = await page(encodeURIComponent(from));
    for (const item of items) names.add(item.metadata.name);
    from = metadata.continue === "" ? undefined : metadata.continue;
  }
  agent.destroy();
  return names;
}

let loads = 0;

/**
 * Two clients, one with a new connection for each request and one that keeps them, each with 10 reads and 10 writes a
 * second through a host's own proxy. The first one also calls a Service by its name.
 */
export async function load(options: LoadOptions): Promise<{ readonly end: () => Promise<Figures> }> {
  const started = Date.now();
  const base = { kubeconfig: options.kubeconfig, server: "https://127.0.0.1:8443", namespace: options.namespace };
  const name = `load-${String(started)}-${String(loads++)}`;
  const clients = await Promise.all(
    options.hosts.map((host, index) => {
      const one: ClientOptions = {
        ...{ ...base, name: `${name}-${String(index)}`, pooled: index === 1 },
        ...(index === 0 && options.service && { service: options.service }),
      };
      return inNetworkOf(host, "client.ts", JSON.stringify(one));
    }),
  );
  return {
    end: async () => {
      const [fresh, pooled] = await Promise.all(clients.map((each) => endOf<Seen>(each)));
      if (!fresh || !pooled) throw new Error("expected two clients");
      const seconds = (Date.now() - started) / 1000;
      const there = await written(options);
      const acknowledged = [...fresh.acknowledged, ...pooled.acknowledged];
      return {
        seconds,
        reads: sum(fresh.reads, pooled.reads),
        writes: sum(fresh.writes, pooled.writes),
        calls: fresh.calls,
        acknowledged: acknowledged.length,
        lost: acknowledged.filter((one) => !there.has(one)),
      };
    },
  };
}
