import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { measured } from "../cluster/lab.ts";
import { LifeCluster } from "./life-cluster.ts";

export type HostName = `grow-${"1" | "2" | "3" | "4" | "5" | "worker"}`;

/** The inventory is one file with changing content: its name tells whose cluster it is. */
const inventory = ".kubeplay/lab-life-grow.yaml";
const folder = ".kubeplay/lab-life-grow";
const subnet = "10.74.0";
const registry = `${subnet}.2:5000`;

export const addresses: Partial<Record<HostName, string>> = {
  "grow-1": `${subnet}.11`,
  "grow-2": `${subnet}.12`,
  "grow-3": `${subnet}.13`,
  "grow-4": `${subnet}.14`,
  "grow-5": `${subnet}.15`,
  "grow-worker": `${subnet}.21`,
};

export const cluster = new LifeCluster<HostName>(inventory, folder, addresses);

const hostsOf = (names: readonly HostName[]) => ({
  hosts: Object.fromEntries(
    names.map((name) => [
      name,
      {
        ansible_host: addresses[name],
        ansible_ssh_private_key_file: `${folder}/id_ed25519`,
        ansible_ssh_known_hosts_file: `${folder}/known_hosts`,
        images_registry: registry,
        containerd_mirrors: ["registry.k8s.io", "docker.io"].map((each) => ({
          registry: each,
          endpoints: [`http://${registry}`],
        })),
      },
    ]),
  ),
});

/** Writes the inventory: the cluster as it is to be. */
export function inventoryOf(masters: readonly HostName[], nodes: readonly HostName[] = ["grow-worker"]): void {
  const all = {
    masters: hostsOf(masters),
    nodes: hostsOf(nodes),
    all: {
      vars: {
        cluster_name: "lab-life-grow",
        lab_network: "kubeplay-life-grow",
        lab_subnet: `${subnet}.0/24`,
        lab_folder: folder,
        lab_registry_address: `${subnet}.2`,
        cni: "bridge",
        ...Object.fromEntries(
          ["kube_prometheus", "logging", "dashboard", "metrics_server", "registry"].map((name) => [
            `${name}_state`,
            "absent",
          ]),
        ),
      },
    },
    lab: { children: { masters: null, nodes: null } },
    lab_containers: { children: { lab: null } },
  };
  mkdirSync(path.dirname(inventory), { recursive: true });
  writeFileSync(inventory, `${JSON.stringify(all, undefined, 2)}\n`);
}

/** SPEC_LAB=keep goes on with the cluster of a run that was ended, and keeps it: for work on these specs. */
const kept = process.env.SPEC_LAB === "keep";

/** Makes the cluster anew, with these masters and one node. */
export async function makeCluster(masters: readonly HostName[]): Promise<void> {
  if (kept) return;
  inventoryOf(masters);
  await cluster.play("-e", "lab_state=absent", "lab");
  rmSync(folder, { recursive: true, force: true });
  measured("site", (await cluster.play("site")).seconds);
  await cluster.deployCalled();
}

export async function removeLab(): Promise<void> {
  if (kept) return;
  await cluster.play("-e", "lab_state=absent", "lab");
  rmSync(inventory);
}
