import { readFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { readKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { ask, type Target } from "./ask.ts";
import { counter, type Outcome, type Tally } from "./tally.ts";

/** What one client does until its input ends: the only argument of this program, in JSON. */
export interface ClientOptions {
  readonly kubeconfig: string;
  /** The proxy of the host in whose network it runs. */
  readonly server: string;
  /** Of all its ConfigMaps. */
  readonly name: string;
  readonly namespace: string;
  /** Whether it keeps its connections, as client-go does, or opens one for each request. */
  readonly pooled: boolean;
  /** A Service that it calls five times a second: its name, and the address of the cluster's DNS. */
  readonly service?: { readonly name: string; readonly dns: string };
}

/** What it prints at the end, in JSON. */
export interface Seen {
  readonly reads: Tally;
  readonly writes: Tally;
  readonly calls: Tally;
  readonly acknowledged: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? "") as ClientOptions;
const { server, namespace } = options;
const target: Target = { ...readKubeconfig(readFileSync(options.kubeconfig, "utf8")), server };
const agent = options.pooled && new Agent({ keepAlive: true, maxSockets: 4 });
const maps = `/api/v1/namespaces/${namespace}/configmaps`;
const acknowledged: string[] = [];
const [reads, writes, calls] = [counter(), counter(), counter()];

const expected =
  (...statuses: readonly number[]) =>
  (answer: number | string): Outcome =>
    statuses.some((status) => status === answer) ? undefined : String(answer);

const read = (kept: Agent | false) => async (): Promise<Outcome> =>
  expected(200)(await ask(target, kept, "GET", `/api/v1/namespaces/${namespace}`));

/** The first try may have written the object although no answer came. */
const write =
  (name: string, kept: Agent | false, ...statuses: readonly number[]) =>
  async (): Promise<Outcome> => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { name } };
    return expected(...statuses)(await ask(target, kept, "POST", maps, object));
  };

const call =
  ({ name, dns }: NonNullable<ClientOptions["service"]>) =>
  async (): Promise<Outcome> => {
    try {
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      resolver.setServers([dns]);
      const [address = ""] = await resolver.resolve4(name);
      const { status } = await fetch(`http://${address}:80/health`, { signal: AbortSignal.timeout(5000) });
      return expected(200)(status);
    } catch (error) {
      const { cause, message } = error as Error;
      return cause instanceof Error ? ((cause as { code?: string }).code ?? cause.message) : message;
    }
  };

const over = new AbortController();
const running = new Set<Promise<unknown>>();
const go = (work: Promise<unknown>): void => {
  running.add(work);
  void work.finally(() => running.delete(work));
};

async function writeOne(name: string): Promise<void> {
  if (await writes.count(write(name, agent, 201), write(name, false, 201, 409))) acknowledged.push(name);
}

process.stdin.on("end", () => over.abort()).resume();
for (let round = 0; !over.signal.aborted; round++) {
  const until = sleep(100);
  go(reads.count(read(agent), read(false)));
  go(writeOne(`${options.name}-${String(round)}`));
  if (options.service && round % 2 === 0) go(calls.count(call(options.service)));
  await until;
}
await Promise.all(running);
const seen: Seen = { reads: reads.tally(), writes: writes.tally(), calls: calls.tally(), acknowledged };
process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
