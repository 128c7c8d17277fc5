import { setTimeout as sleep } from "node:timers/promises";
import { cluster, masters, type HostName } from "./ha-cluster.ts";

/** The holder of a lease in kube-system: "life-1_0b6f…". */
export const holderOf = async (lease: string): Promise<string> =>
  (await cluster.kubectl("-n", "kube-system", "get", "lease", lease, "-o", "jsonpath={.spec.holderIdentity}")).trim();

/** The master on which the holder of a lease runs. */
export async function holdingMaster(lease: string): Promise<HostName> {
  const holder = await holderOf(lease);
  const host = masters.find((name) => holder.startsWith(`${name}_`));
  if (host === undefined) throw new Error(`the lease ${lease} is held by "${holder}", which is no master`);
  return host;
}

/** Seconds until a lease has another holder; undefined if none takes it within three minutes. */
export async function newHolderOf(lease: string, than: string): Promise<number | undefined> {
  const started = Date.now();
  while (Date.now() - started < 180_000) {
    const now = await holderOf(lease).catch(() => than);
    if (now !== than && now !== "") return (Date.now() - started) / 1000;
    await sleep(1000);
  }
  return undefined;
}

/** Seconds until another master's member leads etcd; undefined if none does within a minute. */
export async function newLeaderOfEtcd(than: HostName): Promise<number | undefined> {
  const started = Date.now();
  const others = masters.filter((name) => name !== than);
  while (Date.now() - started < 60_000) {
    const now = await cluster.etcdNow(others).catch(() => undefined);
    if (now && now.leader !== than) return (Date.now() - started) / 1000;
    await sleep(500);
  }
  return undefined;
}
