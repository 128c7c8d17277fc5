import type { Task } from "kubeplay";
import { noLeftovers } from "./leftovers.ts";

const usual = "/var/lib/kubeplay";

/** Removes snapshots from a folder, which may be one of kubeplay's own or any other. */
export const noSnapshots = (name: string, folder: string, names: readonly string[]): Task =>
  noLeftovers(name, { folder, names, ...(folder.startsWith(`${usual}/`) && { upTo: usual }) });
