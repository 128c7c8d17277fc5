import { measured, type Ran } from "../cluster/lab.ts";
import { LifeCluster } from "./life-cluster.ts";
import { SharedLab } from "./shared-lab.ts";
import * as load from "./under-load.ts";

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

export const cluster = new LifeCluster<HostName>(inventory, clusterFolder, addresses);

/** The versions with which the cluster begins its life. */
export const oldVersions = { kubernetes_version: "1.36.3", etcd_version: "3.6.8", containerd_version: "2.4.1" };
export const variables = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ["-e", `${name}=${String(value)}`]);

/** The defaults, which the lab's own slower ones would hide. They need a machine without other work. */
export const realTimes = variables({
  etcd_heartbeat_interval: 100,
  etcd_election_timeout: 1000,
  leader_election_lease_duration: 15,
  leader_election_renew_deadline: 10,
  leader_election_retry_period: 2,
  kube_apiserver_etcd_timeout: 2,
  kube_nginx_connect_timeout: 2,
  kube_nginx_check_interval: 2,
  liveness_period: 10,
});

export const tryPlay = (...args: readonly string[]): Promise<Ran> => cluster.tryPlay(...args);
export const play = (...args: readonly string[]): Promise<Ran> => cluster.play(...args);
export const kubectl = (...args: readonly string[]): Promise<string> => cluster.kubectl(...args);
export const onHost = (host: HostName, command: string): Promise<Ran> => cluster.onHost(host, command);
export const killedAfter = (seconds: number, ...args: readonly string[]): Promise<boolean> =>
  cluster.killedAfter(seconds, ...args);
export const isWell = (nodes = 4): Promise<void> => cluster.isWell(nodes);
export const nodesThere = (): Promise<readonly string[]> => cluster.nodesThere();

export const lab = new SharedLab(clusterFolder, play);

/** Makes the cluster anew, in the versions of `args`, with a Service that the load calls. */
export const makeCluster = (...args: readonly string[]): Promise<void> =>
  lab.make(async () => {
    measured("site", (await play(...args, "site")).seconds);
    await cluster.deployCalled();
  });

export const removeLab = (): Promise<void> => lab.remove();

export type LoadOn = Partial<Omit<load.LoadOn<HostName>, "masters">>;
const usual = { masters, hosts: ["life-worker", "life-2"], checker: "life-2" } as const;

export const seenUnderLoad = <T>(what: string, work: () => Promise<T>, on: LoadOn = {}): Promise<load.Seen<T>> =>
  load.seenUnderLoad(cluster, what, work, { ...usual, ...on });
export const underLoad = <T>(what: string, work: () => Promise<T>, on: LoadOn = {}): Promise<T> =>
  load.underLoad(cluster, what, work, { ...usual, ...on });

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
