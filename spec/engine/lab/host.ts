import { labHosts } from "../../lab-hosts.ts";

/** The inventory file of these specs' hosts, for specs that start the program itself. */
export const inventory = "spec/engine/lab/hosts.yaml";

/** Two Debian hosts that no other specs use. */
export const { target, host, on, forget } = labHosts(inventory);
