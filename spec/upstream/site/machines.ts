import { spawnSync } from "node:child_process";
import type { Project } from "../project.ts";
import type { Ran } from "../run.ts";

/** The network of lab.yaml. The machine has its first address, and the fake upstream listens there. */
export const network = "kubeplay-upstream";
export const machine = "10.246.0.1";
export const upstreamPort = 5047;
/** The address and the name of a registry at the site, and the controller's address in a namespace of its own. */
export const siteRegistry = "10.246.0.2";
export const controller = "10.246.0.3";
/** Names of machines of lab.yaml. */
export const machines = ["upstream-master", "upstream-node"];

export function sh(command: string): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}${stdout}`);
  return stdout.trim();
}

/** Makes or removes the machines, with the image of the usual cache: their system is not what is tested. */
export async function lab(project: Project, state: "present" | "absent"): Promise<void> {
  const ran: Ran = await project.play(["-i", "lab.yaml", "-e", `lab_state=${state}`, "lab"]);
  if (ran.code !== 0) throw new Error(ran.output);
}

/** Leads everything that is sent beyond the site's own network to an address where nobody is. */
export function cutOff(): void {
  for (const name of machines) sh(`podman exec ${name} ip route replace default via 10.246.0.254`);
}

/** Makes a network namespace on this machine that reaches the site's network, and nothing else. */
export function makeNamespace(): void {
  const bridge = sh(`podman network inspect ${network} --format '{{.NetworkInterface}}'`);
  sh(`ip netns add ${network}
ip link add kubeplay-up type veth peer name eth0 netns ${network}
ip link set kubeplay-up master ${bridge} up
ip -n ${network} link set lo up
ip -n ${network} addr add ${controller}/24 dev eth0
ip -n ${network} link set eth0 up`);
}

export function removeNamespace(): void {
  sh(`ip netns del ${network} 2>/dev/null || :`);
}
