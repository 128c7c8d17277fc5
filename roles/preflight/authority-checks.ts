import path from "node:path";
import { inspectAll, type Certificate } from "#engine/pki/inspect.ts";
import { clusterFolder } from "#cluster/paths.ts";
import type { Authorities, KnownAuthorities } from "./authorities.ts";
import type { Check, Checked, Checks } from "./checked.ts";
import { clusterCa, etcdCa } from "./findings.ts";

/**
 * The CAs of the cluster that the host belongs to. The cluster's CA decides: etcd's comes first in a run, so that of an
 * interrupted run may be another controller's, and the run of the right one must mend that.
 */
function heldBy({
  found,
}: Checked): { readonly kind: keyof Authorities; readonly held: readonly Certificate[] } | undefined {
  const [cluster, etcd] = [clusterCa, etcdCa].map((file) => certificatesIn(found.texts[file]));
  if (cluster && cluster.length > 0) return { kind: "kubernetes", held: cluster };
  return etcd && etcd.length > 0 ? { kind: "etcd", held: etcd } : undefined;
}

/** A damaged file says nothing; the run replaces it. */
function certificatesIn(text = ""): readonly Certificate[] {
  try {
    return inspectAll(text);
  } catch {
    return [];
  }
}

const clustersWith = (known: KnownAuthorities, kind: keyof Authorities, held: readonly Certificate[]): string[] =>
  Object.entries(known).flatMap(([cluster, authorities]) =>
    held.some(({ publicKey }) => authorities[kind].includes(publicKey)) ? [cluster] : [],
  );

const folderOf = (cluster: string): string => path.relative(".", clusterFolder(cluster));

const authority: Check = (checked) => {
  const { cluster, found } = checked;
  const its = heldBy(checked);
  const [first] = its?.held ?? [];
  if (!its || !first) return undefined;
  const owners = clustersWith(found.authorities, its.kind, its.held);
  if (owners.includes(cluster)) return undefined;
  const folder = folderOf(cluster);
  const here = found.authorities[cluster] ? "another CA" : "no CA";
  const ca = `${first.commonName}, serial ${first.serial}, SHA-256 ${first.fingerprint}`;
  const belongs = `the host belongs to a cluster whose CA (${ca}) is not this controller's: ${folder} has ${here}, and its certificates would cut the host off from that cluster`;
  const [owner] = owners;
  return owner === undefined
    ? `${belongs}. Copy the folder ${folder} from the controller that made the cluster, or from its backup${found.authorities[cluster] ? "" : " (restore does it where etcd is lost too); if there is none, rebuild it from the hosts: npm run play adopt"}. If the host is to leave that cluster, install it anew`
    : `${belongs}. The CA is in ${folderOf(owner)}: set cluster_name to ${owner}`;
};

/** Checks that the host is no part of another cluster. */
export const authorityChecks: Checks = { ClusterAuthority: authority };
