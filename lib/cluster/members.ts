import type { Host, Inventory } from "kubeplay";
import { endpoint } from "./urls.ts";

/** Every host that is a node: the masters, and the group nodes if the inventory has it. */
export const nodesOf = (inventory: Inventory): readonly Host[] => [
  ...new Set([...inventory.group("masters"), ...(inventory.hasGroup("nodes") ? inventory.group("nodes") : [])]),
];

/** Whether the inventory has hosts that the lab play creates. */
export const hasLab = (inventory: Inventory): boolean => inventory.hasGroup("lab") && inventory.group("lab").length > 0;

/** The URL of each master's kube-apiserver. */
export const apiserversOf = (inventory: Inventory, port: number): readonly string[] =>
  inventory.group("masters").map(({ address }) => `https://${endpoint(address, port)}`);
