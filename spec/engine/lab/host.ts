import { labHosts } from "../../lab-hosts.ts";

/** Where the inventory of these specs' hosts is, for those that start the program itself. */
export const inventory = "spec/engine/lab/hosts.yaml";

/** Two Debian hosts that nobody else uses. */
export const { target, host, on, forget } = labHosts(inventory);
