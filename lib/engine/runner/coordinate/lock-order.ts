import type { LiveHost } from "../state/live-hosts.ts";

/** The key of the controller's lock. It comes after those of all hosts. */
export const controller = "controller";

/** The key of the lock of a host, as one of its users. */
export const keyOf = (host: string, { facts }: LiveHost): string => JSON.stringify([host, facts.user]);

export const hostOf = (key: string): string | undefined =>
  key === controller ? undefined : (JSON.parse(key) as readonly [string, string])[0];

/** Whether it is the lock of root of a host. */
export const isRoots = (key: string): boolean =>
  key !== controller && (JSON.parse(key) as readonly [string, string])[1] === "root";

/** By the machine's id: other inventories may have other names for it. Names decide among clones of one image. */
export const inAnyInventory = (
  [name, one]: readonly [string, LiveHost],
  [otherName, other]: readonly [string, LiveHost],
): number => order(one.facts.machineId, other.facts.machineId) || order(name, otherName);

const order = (one: string, other: string): number => Number(one > other) - Number(one < other);
