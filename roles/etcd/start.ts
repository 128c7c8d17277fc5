import { TaskError } from "kubeplay";
import { initialCluster, peerUrl, type EtcdAnswer, type EtcdMember, type InitialState } from "#cluster/etcd-members.ts";
import { membersOf, type EtcdReport } from "#cluster/etcd-report.ts";

/** A master, as far as this run knows it. */
export interface Master {
  readonly name: string;
  readonly address: string;
  /** Whether it takes part in this run. */
  readonly reached: boolean;
  /** Its own, or what it answers over the network; undefined if nothing is known. */
  readonly report?: EtcdReport | undefined;
}

export interface Founding {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** In the order of the inventory; the host itself is one of them. */
  readonly masters: readonly Master[];
  /** The name of the master that is replaced; "" for none. */
  readonly replace: string;
}

/** How a host's member starts. */
export interface Start {
  readonly state: InitialState;
  /** initial-cluster while it starts: etcd compares it with the cluster that it joins. */
  readonly list: readonly string[];
  /** initial-cluster once the new members of this run have joined. */
  readonly finally: readonly string[];
  readonly joins: boolean;
  /** The peer URLs of masters that join in this run: those before this host, and all others. */
  readonly before: readonly string[];
  readonly awaited: readonly string[];
}

const urlOf = ({ address }: Pick<Master, "address">, { port }: Pick<Founding, "port">): string =>
  peerUrl({ address, port });
const hasUrl = ({ peerUrls }: EtcdMember, url: string): boolean => peerUrls.includes(url);

/** Whether the cluster has the master's member and waits for it no longer. */
const votes = (members: readonly EtcdMember[], url: string): boolean =>
  members.some((member) => hasUrl(member, url) && member.name !== "" && member.isLearner !== true);

const memberNames = (members: readonly EtcdMember[]): string =>
  members.map(({ name, peerUrls }) => `${name || "(not started)"} (${peerUrls.join(", ")})`).join(" and ");

/** The members as initial-cluster lists them, by the inventory's names. */
const listOf = (members: readonly EtcdMember[], p: Founding): string[] =>
  members.flatMap(({ name, peerUrls }) =>
    peerUrls.map((url) => `${p.masters.find((one) => urlOf(one, p) === url)?.name ?? name}=${url}`),
  );

/** How the host's member starts. Throws TaskError, with all reasons, if it could start a second cluster. */
export function startOf(p: Founding): Start {
  const own = p.masters.find(({ name }) => name === p.host);
  if (!own) throw new Error(`${p.host} is no master`);
  return own.report?.hasData ? stays(own, own.report, p) : begins(own, p);
}

const joining = (members: readonly EtcdMember[], own: Master, p: Founding): Master[] =>
  p.masters.filter((one) => one.name !== own.name && one.reached && !votes(members, urlOf(one, p)));

/** A member with data does not read the list: it keeps the one that it has, so that nothing restarts. */
function stays(own: Master, { listed, state = "new", ...report }: EtcdReport, p: Founding): Start {
  const all = initialCluster(p.masters, p.port);
  const list = listed ?? all;
  const members = membersOf({ listed: list, state, ...report });
  const none = { state, list, joins: false, before: [], awaited: [] };
  // Members that form a new cluster together are named in its list; nobody adds them.
  if (!members?.some((member) => hasUrl(member, urlOf(own, p)))) return { ...none, finally: list };
  const coming = joining(members, own, p);
  const last = p.masters.filter(
    (one) => coming.includes(one) || members.some((member) => hasUrl(member, urlOf(one, p))),
  );
  return { ...none, finally: initialCluster(last, p.port), awaited: coming.map((one) => urlOf(one, p)) };
}

function begins(own: Master, p: Founding): Start {
  const others = p.masters.filter(({ name }) => name !== own.name);
  const members = others.map(({ report }) => membersOf(report)).find((found) => found !== undefined);
  if (members) return joins(own, members, p);
  const objections = others.flatMap((other) => objection(other, p) ?? []);
  if (objections.length > 0) throw new TaskError(objections.join("\n"));
  const all = initialCluster(p.masters, p.port);
  return { state: "new", list: all, finally: all, joins: false, before: [], awaited: [] };
}

function joins(own: Master, members: readonly EtcdMember[], p: Founding): Start {
  const url = urlOf(own, p);
  const mine = members.find((member) => hasUrl(member, url));
  const all = initialCluster(p.masters, p.port);
  if (mine && mine.name !== "" && !mine.hasRun)
    return { state: "new", list: all, finally: all, joins: false, before: [], awaited: [] };
  const old = members.filter((member) => member.name === own.name && (member.hasRun || !hasUrl(member, url)));
  if (old.length > 0 && p.replace !== own.name) throw new TaskError(lost(old, own, p));
  const stay = members.filter((member) => !old.includes(member));
  const coming = joining(stay, own, p);
  const place = p.masters.indexOf(own);
  const isListed = mine !== undefined && !old.includes(mine);
  const before = isListed ? [] : coming.filter((one) => p.masters.indexOf(one) < place);
  const missing = (some: readonly Master[]): Master[] =>
    some.filter((one) => !stay.some((member) => hasUrl(member, urlOf(one, p))));
  const last = p.masters.filter(
    (one) => one === own || coming.includes(one) || stay.some((member) => hasUrl(member, urlOf(one, p))),
  );
  return {
    state: "existing",
    list: [...listOf(stay, p), ...initialCluster([...missing(before), ...(isListed ? [] : [own])], p.port)],
    finally: initialCluster(last, p.port),
    joins: true,
    before: before.map((one) => urlOf(one, p)),
    awaited: coming.map((one) => urlOf(one, p)),
  };
}

const lost = (old: readonly EtcdMember[], own: Master, p: Founding): string =>
  `the cluster of etcd has the member ${memberNames(old)}, but ${own.name} (${urlOf(own, p)}) has no data in ${p.dataDir}: etcd accepts no member twice. If the disk or the machine is new, let it join as a new member: npm run play -- -e replace=${own.name} site. If the data is elsewhere, put it back`;

/** Why no new cluster may start next to this master. */
function objection({ name, address, reached, report }: Master, p: Founding): string | undefined {
  const peer = `${name} (${address})`;
  const second = `If started now, ${p.host} could start a second cluster`;
  const etcd: EtcdAnswer = report?.etcd ?? { state: "not asked" };
  if (etcd.state === "unclear")
    return `${peer} gives no clear answer whether it runs an etcd member: ${etcd.reason}. ${second}: repair ${peer} first, or remove its member if it is gone for good`;
  if (report?.hasData)
    return `${peer} has a member's data, but its etcd does not run. ${second}: start it first (systemctl start etcd), or repair it`;
  return reached
    ? undefined
    : `${peer} runs no etcd and takes no part in this run, so it may have the cluster's data. ${second}: run without --limit`;
}
