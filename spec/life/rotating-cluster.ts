import { existsSync, rmSync } from "node:fs";
import { lastSummary, measured } from "../cluster/lab.ts";
import { LifeCluster } from "./life-cluster.ts";
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

/** SPEC_LAB=keep uses the cluster of the last run as it is, and keeps it: for work on these specs. */
const kept = process.env.SPEC_LAB === "keep";

/** Makes the cluster anew, with a Service that the load calls. */
export async function makeCluster(...args: readonly string[]): Promise<void> {
  if (kept && existsSync(`${folder}/called.yaml`)) return;
  await cluster.play("-e", "lab_state=absent", "lab");
  rmSync(folder, { recursive: true, force: true });
  measured("site", (await cluster.play(...args, "site")).seconds);
  await cluster.deployCalled();
}

export const removeLab = async (): Promise<void> => {
  if (!kept) await cluster.play("-e", "lab_state=absent", "lab");
};

export const loaded = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  underLoad(cluster, what, work, { masters, hosts: ["rot-worker", "rot-2"], checker: "rot-2" });

/** What the last run changed: "host: task", sorted. */
export const changes = (): readonly string[] =>
  lastSummary()
    .changes.map(({ host, task }) => `${host}: ${task}`)
    .sort();
