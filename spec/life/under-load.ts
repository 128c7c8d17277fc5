import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { LifeCluster } from "./life-cluster.ts";
import { load, type Figures } from "./load/index.ts";
import type { Tally } from "./load/tally.ts";

const dns = "10.96.0.10";

export interface LoadOn<Host extends string> {
  readonly masters: readonly Host[];
  /** The hosts whose proxies the two clients use, and an API server for the checker. */
  readonly hosts: readonly [Host, Host];
  readonly checker: Host;
}

export interface Seen<T> {
  readonly done: PromiseSettledResult<T>;
  readonly figures: Figures;
  readonly elections: number;
}

/** One line: how long it took, and what the clients saw. Reasons follow if something failed. */
function print(what: string, { seconds, reads, writes, calls, acknowledged, lost }: Figures, elections: number): void {
  const failed = (tally: Tally): string => `${String(tally.failed)} of ${String(tally.requests)}`;
  const words = [
    `${seconds.toFixed(0)} s`,
    `${String(lost.length)} of ${String(acknowledged)} acknowledged writes lost`,
    `failed reads ${failed(reads)} (twice ${String(reads.failedTwice)})`,
    `failed writes ${failed(writes)} (twice ${String(writes.failedTwice)})`,
    `failed Service calls ${failed(calls)}`,
    `longest gap of the API ${(Math.max(reads.longestGap, writes.longestGap) / 1000).toFixed(1)} s`,
    `${String(elections)} elections of etcd`,
  ];
  console.log(`      ${what}: ${words.join("; ")}`);
  for (const [name, { reasons }] of Object.entries({ reads, writes, calls }))
    if (Object.keys(reasons).length > 0) console.log(`        ${name}: ${JSON.stringify(reasons)}`);
}

/** Does something under load, and prints what the clients saw. */
export async function seenUnderLoad<T, Host extends string>(
  cluster: LifeCluster<Host>,
  what: string,
  work: () => Promise<T>,
  { masters, hosts, checker }: LoadOn<Host>,
): Promise<Seen<T>> {
  const before = await cluster.etcdNow(masters);
  const clients = await load({
    kubeconfig: `${cluster.folder}/admin.kubeconfig`,
    server: `https://${cluster.addressOf(checker)}:6443`,
    namespace: "load",
    hosts,
    service: { name: "called.load.svc.cluster.local", dns },
  });
  const [done] = await Promise.allSettled([work()]);
  await sleep(5000);
  const figures = await clients.end();
  const elections = (await cluster.etcdNow(masters)).term - before.term;
  print(what, figures, elections);
  return { done, figures, elections };
}

/** Does something under load, prints what the clients saw, and checks it against what is promised. */
export async function underLoad<T, Host extends string>(
  cluster: LifeCluster<Host>,
  what: string,
  work: () => Promise<T>,
  on: LoadOn<Host>,
): Promise<T> {
  const { done, figures, elections } = await seenUnderLoad(cluster, what, work, on);
  if (done.status === "rejected") throw done.reason;
  promise(figures, elections);
  const { failed, requests, reasons } = figures.calls;
  expect(failed, `of ${String(requests)} calls: ${JSON.stringify(reasons)}`).to.be.at.most(Math.ceil(requests / 1000));
  return done.value;
}

/** The promises about the API. */
export function promise({ reads, writes, lost }: Figures, elections: number): void {
  expect(lost, "acknowledged writes that are lost").to.deep.equal([]);
  expect(reads.failedTwice, `reads that failed twice: ${JSON.stringify(reads.reasons)}`).to.equal(0);
  expect(writes.failedTwice, `writes that failed twice: ${JSON.stringify(writes.reasons)}`).to.be.at.most(
    2 * elections,
  );
}
