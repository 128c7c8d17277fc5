import type { Check } from "../check.ts";
import { apiServers } from "./api-servers.ts";
import { apiServices } from "./api-services.ts";
import { certificates } from "./certificates.ts";
import { clocks } from "./clocks.ts";
import { csrs } from "./csrs.ts";
import { deprecated } from "./deprecated.ts";
import { disks } from "./disks.ts";
import { encryption } from "./encryption.ts";
import { etcd } from "./etcd.ts";
import { joining } from "./joining.ts";
import { leases } from "./leases.ts";
import { memory } from "./memory.ts";
import { nodes } from "./nodes.ts";
import { pods } from "./pods.ts";
import { proxies } from "./proxies.ts";
import { services } from "./services.ts";
import { snapshots } from "./snapshots.ts";
import { versions } from "./versions.ts";
import { volumes } from "./volumes.ts";

/** From the ground up: the first finding is often the cause of later ones. */
export const ownChecks: readonly Check[] = [
  clocks,
  disks,
  memory,
  services,
  certificates,
  etcd,
  encryption,
  snapshots,
  apiServers,
  proxies,
  leases,
  versions,
  nodes,
  csrs,
  joining,
  apiServices,
  volumes,
  pods,
  deprecated,
];
