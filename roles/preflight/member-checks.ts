import { peerUrl } from "#cluster/etcd-members.ts";
import { isMaster, type Check, type Checked, type Checks } from "./checked.ts";
import { etcdConfiguration } from "#cluster/etcd-report.ts";
import { apiProxyConfiguration } from "./findings.ts";

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

const memberName = ({ name, urls }: Member): string => [name, ...urls].find((word) => word !== "") ?? "(not started)";
const list = (members: readonly Member[]): string => members.map(memberName).join(", ");

interface Compared {
  readonly members: readonly Member[];
  readonly kept: readonly Member[];
  readonly extra: readonly Member[];
  readonly missing: readonly { readonly name: string; readonly url: string }[];
}

/** The members and the group masters, side by side; undefined on a host that has none. */
function compared(checked: Checked): Compared | undefined {
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

export const evenNumber = (masters: number): string =>
  `the group masters has ${masters} hosts, expected an odd number: with an even one, etcd survives no more failures and fails more often. Add or remove a master`;

/** Judged by the members that there are. A host without one leaves this to the check of all masters, unless there is no cluster. */
const oddNumber: Check = (checked) => {
  const { masters, found, cluster } = checked;
  if (!isMaster(checked) || masters.length % 2 === 1) return undefined;
  const now = compared(checked);
  if (!now && found.authorities[cluster] !== undefined) return undefined;
  // A member was taken out: refusing would leave no way on.
  if (found.etcd.state === "running" && now?.missing.length === 0 && now.extra.length === 0) return undefined;
  return evenNumber(masters.length);
};

const sameMembers: Check = (checked) => {
  const now = compared(checked);
  if (!now) return undefined;
  return missingProblem(checked, now) ?? extraProblem(checked, now);
};

/** Only members that run can let others join. */
function missingProblem({ found }: Checked, { members, kept, missing }: Compared): string | undefined {
  if (missing.length === 0) return undefined;
  const its = `its etcd belongs to a cluster of ${members.flatMap(({ urls }) => urls).join(" and ")}, without ${missing.map(({ name }) => name).join(", ")}`;
  if (kept.length === 0) return `${its}: no master would be left. Restore the group masters and etcd_peer_port`;
  return found.etcd.state === "running"
    ? undefined
    : `${its}, and does not run: it must, before masters can join. Start it (systemctl start etcd) or restore the group masters`;
}

function extraProblem({ replace }: Checked, { members, kept, extra, missing }: Compared): string | undefined {
  const left = extra.filter(({ name }) => name === "" || name !== replace);
  const [first] = left;
  if (!first) return undefined;
  const moved = left.find(({ name }) => missing.some((master) => master.name === name));
  if (moved)
    return `its etcd has the member ${moved.name} at ${moved.urls.join(", ")}, but the inventory has another address. If ${moved.name} is a new machine, let it join as a new member: npm run play -- -e replace=${moved.name} site. Otherwise restore its address`;
  const majority = Math.floor(members.length / 2) + 1;
  const end =
    kept.length < majority
      ? `${kept.length} would be left, and the API would stop`
      : `${kept.length} would be left, and none of them might fail`;
  return `its etcd has ${members.length} members and needs ${majority} of them, but the group masters lacks ${list(left)}: without them, ${end}. Restore the group masters. To take a master out for good, then run: npm run play -- -e remove=${memberName(first)} remove. If its machine is off for good, the inventory need not have it: add -e remove_unreachable=true`;
}

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
