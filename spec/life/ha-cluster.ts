import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { eventually, measured, type Ran, type as run } from "../cluster/lab.ts";
import { killed } from "./killed.ts";
import { load, type Figures } from "./load/index.ts";

export const inventory = "spec/life/ha.yaml";
export const clusterFolder = ".kubeplay/lab-life-ha";
const addresses = {
  "life-1": "10.164.0.11",
  "life-2": "10.164.0.12",
  "life-3": "10.164.0.13",
  "life-worker": "10.164.0.21",
} as const;
export type HostName = keyof typeof addresses;
export const masters = ["life-1", "life-2", "life-3"] as const;
const dns = "10.96.0.10";

/** The versions with which the cluster begins its life. */
export const oldVersions = { kubernetes_version: "1.36.3", etcd_version: "3.6.8", containerd_version: "2.4.1" };
export const variables = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ["-e", `${name}=${String(value)}`]);

/** A program of the project, on this cluster: `npm run NAME -- -i … ARGS`. */
export const program = (name: string, ...args: readonly string[]): Promise<Ran> =>
  run("npm", "run", "--silent", name, "--", "-i", inventory, ...args);
export const tryPlay = (...args: readonly string[]): Promise<Ran> => program("play", ...args);

/** Plays on this cluster. Rejects if the run fails. */
export async function play(...args: readonly string[]): Promise<Ran> {
  const ran = await tryPlay(...args);
  if (ran.code !== 0) throw new Error(ran.output);
  return ran;
}

export async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, output } = await program("kubectl", ...args);
  if (code !== 0) throw new Error(output);
  return output;
}

const ssh = ["-i", `${clusterFolder}/id_ed25519`, "-o", `UserKnownHostsFile=${clusterFolder}/known_hosts`];

/** Runs a command on a host as root. */
export const onHost = (host: HostName, command: string): Promise<Ran> =>
  run("ssh", ...ssh, "-o", "BatchMode=yes", `kubeplay@${addresses[host]}`, `sudo sh -c ${JSON.stringify(command)}`);

const etcdctl = (command: string): string =>
  "etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt " +
  `--key /etc/etcd/pki/healthcheck-client.key ${command}`;

interface Status {
  readonly Status: { readonly raftTerm: number; readonly leader: number; readonly header: { member_id: number } };
}

/** The term of etcd, which each election raises, and the master that leads; asked of the first that answers. */
export async function etcdNow(): Promise<{ readonly term: number; readonly leader: HostName }> {
  let term = 0;
  for (const host of masters) {
    const { code, output } = await onHost(host, etcdctl("endpoint status -w json"));
    if (code !== 0) continue;
    const [{ Status: status }] = JSON.parse(output) as [Status];
    term = Math.max(term, status.raftTerm);
    if (status.leader === status.header.member_id) return { term, leader: host };
  }
  throw new Error("no member of etcd leads");
}

/** Makes the member of a master the leader. */
export async function moveLeader(to: HostName): Promise<void> {
  const { leader } = await etcdNow();
  if (leader === to) return;
  const { output } = await onHost(leader, etcdctl("member list"));
  const id =
    output
      .split("\n")
      .find((line) => line.includes(` ${to},`))
      ?.split(",")[0] ?? "";
  const moved = await onHost(leader, etcdctl(`move-leader ${id}`));
  expect(moved.code, moved.output).to.equal(0);
}

/** SPEC_LAB=keep uses the cluster of the last run as it is, and keeps it: for work on these specs. */
const kept = process.env.SPEC_LAB === "keep";

/** Makes the cluster anew, in the versions of `args`, with a Service that the load calls. */
export async function makeCluster(...args: readonly string[]): Promise<void> {
  if (kept && existsSync(`${clusterFolder}/called.yaml`)) return;
  await play("-e", "lab_state=absent", "lab");
  rmSync(clusterFolder, { recursive: true, force: true });
  measured("site", (await play(...args, "site")).seconds);
  await deployCalled();
}

export async function deployCalled(): Promise<void> {
  const image = await kubectl(
    ...["-n", "kube-system", "get", "deployment", "coredns"],
    ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
  );
  const file = `${clusterFolder}/called.yaml`;
  writeFileSync(file, readFileSync("spec/life/called.yaml", "utf8").replace("IMAGE", image.trim()));
  await kubectl("apply", "-f", file);
  await kubectl("-n", "load", "rollout", "status", "deployment/called", "--timeout=180s");
}

export const removeLab = async (): Promise<void> => {
  if (!kept) await play("-e", "lab_state=absent", "lab");
};

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;

/** Prints what the load saw. */
function print(what: string, { seconds, reads, writes, calls, acknowledged, lost }: Figures, elections: number): void {
  measured(what, seconds);
  const row = (name: string, { requests, failed, failedTwice, longestGap, reasons }: Figures["reads"]): void =>
    console.log(
      `        ${name}: ${String(failed)} failed, ${String(failedTwice)} after one retry, of ${String(requests)} (${percent(failed, requests)}); longest gap ${(longestGap / 1000).toFixed(1)} s ${JSON.stringify(reasons)}`,
    );
  row("reads", reads);
  row("writes", writes);
  row("calls", calls);
  console.log(
    `        ${String(lost.length)} of ${String(acknowledged)} acknowledged writes lost; ${String(elections)} elections of etcd`,
  );
}

export interface LoadOn {
  /** The hosts whose proxies the two clients use, and an API server for the checker. */
  readonly hosts?: readonly [HostName, HostName];
  readonly checker?: HostName;
}

/** Does something under load, and prints what the clients saw. */
export async function seenUnderLoad<T>(
  what: string,
  work: () => Promise<T>,
  { hosts = ["life-worker", "life-2"], checker = "life-2" }: LoadOn = {},
): Promise<{ readonly done: PromiseSettledResult<T>; readonly figures: Figures; readonly elections: number }> {
  const before = await etcdNow();
  const clients = await load({
    kubeconfig: `${clusterFolder}/admin.kubeconfig`,
    server: `https://${addresses[checker]}:6443`,
    namespace: "load",
    hosts,
    service: { name: "called.load.svc.cluster.local", dns },
  });
  const [done] = await Promise.allSettled([work()]);
  await sleep(5000);
  const figures = await clients.end();
  const elections = (await etcdNow()).term - before.term;
  print(what, figures, elections);
  return { done, figures, elections };
}

/** Does something under load, prints what the clients saw, and checks it against what is promised. */
export async function underLoad<T>(what: string, work: () => Promise<T>, on: LoadOn = {}): Promise<T> {
  const { done, figures, elections } = await seenUnderLoad(what, work, on);
  if (done.status === "rejected") throw done.reason;
  promise(figures, elections);
  return done.value;
}

function promise({ reads, writes, calls, lost }: Figures, elections: number): void {
  expect(lost, "acknowledged writes that are lost").to.deep.equal([]);
  expect(reads.failedTwice, `reads that failed twice: ${JSON.stringify(reads.reasons)}`).to.equal(0);
  expect(writes.failedTwice, `writes that failed twice: ${JSON.stringify(writes.reasons)}`).to.be.at.most(
    2 * elections,
  );
  expect(calls.failed / Math.max(1, calls.requests), `calls: ${JSON.stringify(calls.reasons)}`).to.be.at.most(0.001);
}

/** Kills a run of the controller with SIGKILL after some seconds; resolves to whether it was still running. */
export const killedAfter = (seconds: number, ...args: readonly string[]): Promise<boolean> =>
  killed(inventory, seconds, ...args);

/** "v1.37.2" of all API servers and kubelets, and the runtimes, once each. */
export async function versions(): Promise<readonly string[]> {
  const servers = await Promise.all(
    masters.map(async (host) => (await onHost(host, "kube-apiserver --version")).output.trim()),
  );
  const nodes = await kubectl(
    ...["get", "nodes", "-o"],
    'jsonpath={range .items[*]}{.status.nodeInfo.kubeletVersion}{"\\n"}{.status.nodeInfo.containerRuntimeVersion}{"\\n"}{end}',
  );
  return [...new Set([...servers, ...nodes.trim().split("\n")])].sort();
}

/** All nodes are Ready and take pods, and all members of etcd are healthy. */
export async function isWell(nodes = 4): Promise<void> {
  await eventually(180, async () => {
    const rows = (await kubectl("get", "nodes", "--no-headers")).trim().split("\n");
    expect(rows, rows.join("\n")).to.have.length(nodes);
    for (const row of rows) expect(row).to.match(/\sReady\s/);
  });
}

export const nodesThere = async (): Promise<readonly string[]> =>
  (await kubectl("get", "nodes", "-o", "name"))
    .trim()
    .split("\n")
    .map((name) => name.replace("node/", ""));
