import { peerUrl } from "#cluster/etcd-members.ts";
import { isMaster, type Check, type Checked, type Checks } from "./checked.ts";
import { apiProxyConfiguration, etcdConfiguration } from "./findings.ts";

/** A member of the host's etcd cluster. */
interface Member {
  readonly name: string;
  readonly urls: readonly string[];
}

/** From the host's first configuration if its member does not run; undefined if it has none. */
function knownMembers({ found, etcd }: Checked): readonly Member[] | undefined {
  if (found.etcd.state === "running") return found.etcd.members.map(({ name, peerUrls: urls }) => ({ name, urls }));
  if (!hasMember({ found, etcd })) return undefined;
  const [, line] = /^initial-cluster: (.+)$/m.exec(found.texts[etcdConfiguration] ?? "") ?? [];
  return line?.split(",").map((member) => {
    const [name = "", url = ""] = member.split("=");
    return { name, urls: [url] };
  });
}

const hasMember = ({ found, etcd }: Pick<Checked, "found" | "etcd">): boolean =>
  found.installed.includes("etcd") && (found.folders[etcd.dataDir]?.includes("member") ?? false);

const inWords = ({ name, urls }: Member): string => [name, ...urls].find((word) => word !== "") ?? "(not started)";
const list = (members: readonly Member[]): string => members.map(inWords).join(", ");

/** The members and the group masters, side by side. */
function compared(checked: Checked) {
  const members = isMaster(checked) ? knownMembers(checked) : undefined;
  if (!members) return undefined;
  const { masters, etcd } = checked;
  const wanted = masters.map(({ name, address }) => ({ name, url: peerUrl({ address, port: etcd.peerPort }) }));
  const [kept, extra] = [true, false].map((are) =>
    members.filter(({ urls }) => urls.some((url) => wanted.some((master) => master.url === url)) === are),
  );
  return {
    members,
    kept: kept ?? [],
    extra: extra ?? [],
    missing: wanted.filter(({ url }) => !members.some(({ urls }) => urls.includes(url))),
  };
}

const oddNumber: Check = (checked) => {
  const { masters, found } = checked;
  if (!isMaster(checked) || masters.length % 2 === 1) return undefined;
  const now = compared(checked);
  // A member was taken out by hand: refusing would leave no way on.
  if (found.etcd.state === "running" && now?.missing.length === 0 && now.extra.length === 0) return undefined;
  return `the group masters has ${masters.length} hosts, expected an odd number: with an even one, etcd survives no more failures and fails more often. Add or remove a master`;
};

const sameMembers: Check = (checked) => {
  const now = compared(checked);
  if (!now) return undefined;
  const { members, kept, extra, missing } = now;
  if (missing.length > 0)
    return `its etcd belongs to a cluster of ${members.flatMap(({ urls }) => urls).join(" and ")}, without ${missing.map(({ name }) => name).join(", ")}: kubeplay cannot add members to an existing etcd cluster or move them yet. Restore the group masters and etcd_peer_port`;
  const [first] = extra;
  if (!first) return undefined;
  const majority = Math.floor(members.length / 2) + 1;
  const end =
    kept.length < majority
      ? `${kept.length} would be left, and the API would stop`
      : `${kept.length} would be left, and none of them might fail`;
  return `its etcd has ${members.length} members and needs ${majority} of them, but the group masters lacks ${list(extra)}: without them, ${end}. Restore the group masters. To take a master out for good, then run: npm run play -- -e remove=${inWords(first)} remove. If its machine is off for good, the inventory need not have it: add -e remove_unreachable=true`;
};

/** A host that was a master keeps its member, its API server and its keys. */
const noFormerMaster: Check = (checked) =>
  isMaster(checked) || !hasMember(checked)
    ? undefined
    : `it has a member of the cluster's etcd in ${checked.etcd.dataDir}, but is not in the group masters: its control plane would keep running and no longer be looked after. Restore the group masters. To take a master out for good, then run: npm run play -- -e remove=${checked.host.name} remove`;

/** Without this, hosts of one cluster and masters without any data would become a second cluster with the same CA. */
const knownMasters: Check = ({ found, masters }) => {
  const servers = [...(found.texts[apiProxyConfiguration] ?? "").matchAll(/^\s*server\s+\[?([^\s;]+?)\]?:\d+[\s;]/gm)];
  const addresses = servers.flatMap(([, address]) => address ?? []);
  if (!found.installed.includes("kubelet") || addresses.length === 0) return undefined;
  return addresses.some((address) => masters.some((master) => master.address === address))
    ? undefined
    : `its cluster has the API servers ${addresses.join(", ")}, and none of them is in the group masters: the new masters would become a second cluster. Restore the group masters`;
};

/** Checks that the masters can be a cluster, and that they are those of the existing one. */
export const memberChecks: Checks = {
  EtcdMembers: oddNumber,
  EtcdCluster: sameMembers,
  FormerMaster: noFormerMaster,
  KnownMasters: knownMasters,
};
