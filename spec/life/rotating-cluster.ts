import { lastSummary, measured } from "../cluster/lab.ts";
import { LifeCluster } from "./life-cluster.ts";
import { SharedLab } from "./shared-lab.ts";
import { underLoad } from "./under-load.ts";

/** The cluster's folder on the controller. */
export const folder = ".kubeplay/rot";
export const addresses = {
  "rot-1": "10.76.0.11",
  "rot-2": "10.76.0.12",
  "rot-3": "10.76.0.13",
  "rot-worker": "10.76.0.21",
} as const;
const masters = ["rot-1", "rot-2", "rot-3"] as const;

/** Three masters and one node, for what changes the keys of a cluster. */
export const cluster = new LifeCluster<keyof typeof addresses>("spec/life/rotation.yaml", folder, addresses);

export const lab = new SharedLab(folder, (...args) => cluster.play(...args));

/** Makes the cluster anew, with a Service that the load calls. */
export const makeCluster = (...args: readonly string[]): Promise<void> =>
  lab.make(async () => {
    measured("site", (await cluster.play(...args, "site")).seconds);
    await cluster.deployCalled();
  });

export const removeLab = (): Promise<void> => lab.remove();

export const loaded = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  underLoad(cluster, what, work, { masters, hosts: ["rot-worker", "rot-2"], checker: "rot-2" });

/** What the last run changed: "host: task", sorted. */
export const changes = (): readonly string[] =>
  lastSummary()
    .changes.map(({ host, task }) => `${host}: ${task}`)
    .sort();
