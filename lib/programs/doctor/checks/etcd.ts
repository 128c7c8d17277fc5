import { quote } from "kubeplay";
import { etcdctlFlags } from "#cluster/etcd-members.ts";
import { answer, defineCheck, type Finding, type Seen } from "../check.ts";
import { readEtcd, type EtcdMember } from "../etcd-answer.ts";
import { script } from "../../reading/script.ts";

/** Percent of etcd's quota from which on it must be looked after: at 100 it accepts no more writes. */
const fullness = { warning: 75, error: 90 };
/** Log entries that a member may lag behind: requests are on their way at any time. */
const lag = 5000;

const question = (binDir: string, client: number, metrics: number): string => `PATH=$PATH:${quote(binDir)}
ask() {
  etcdctl --endpoints https://127.0.0.1:${String(client)} ${etcdctlFlags} --command-timeout=5s -w json "$@" | tr -d '\\n'
  echo
}
ask endpoint status; ask alarm list; ask member list
curl -fsS --max-time 5 http://127.0.0.1:${String(metrics)}/metrics | grep ^etcd_disk_wal_fsync_duration_seconds_bucket`;

const error = (subject: string, problem: string, remedy: string, cause?: string): Finding => ({
  severity: "error",
  subject,
  problem,
  remedy,
  ...(cause !== undefined && { cause }),
});

function ofMember({ host, ...is }: EtcdMember, { vars }: Seen, newest: number): Finding[] {
  const subject = `etcd of ${host}`;
  const percent = is.quota === 0 ? 0 : (100 * is.size) / is.quota;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const found: (Finding | false)[] = [
    is.leader === "" &&
      error(
        subject,
        "it knows no leader: it accepts no writes",
        "start the other members, or mend the network between them",
      ),
    is.isLearner && {
      severity: "warning",
      subject,
      problem: "it is a learner: it does not count for the quorum",
      remedy: "site promotes it once it has caught up",
    },
    newest - is.applied > lag && {
      severity: "warning",
      subject,
      problem: `it is ${String(newest - is.applied)} log entries behind`,
      remedy: "look at its disk and its network: journalctl -u etcd there names slow ones",
    },
    percent >= fullness.warning && {
      severity: percent >= fullness.error ? "error" : "warning",
      subject,
      problem: `its database has ${megabytes(is.size)} of at most ${megabytes(is.quota)}, of which ${megabytes(is.inUse)} are in use`,
      remedy:
        is.inUse < is.size / 2
          ? "etcdctl defrag on one member after the other frees the rest"
          : "find out what fills it: npm run kubectl -- get --raw /metrics has apiserver_resource_objects",
    },
    is.slowestSync > vars.etcd_heartbeat_interval / 1000 && {
      severity: "warning",
      subject,
      problem: `1 of 100 writes to its log takes more than ${String(is.slowestSync)} s, and a heartbeat is due every ${String(vars.etcd_heartbeat_interval)} ms: leaders may change`,
      remedy: "give etcd a faster disk of its own, or raise etcd_heartbeat_interval and etcd_election_timeout",
    },
    is.version !== vars.etcd_version && {
      severity: "note",
      subject,
      problem: `it runs ${is.version}, and etcd_version is ${vars.etcd_version}`,
      remedy: "an upgrade changes it",
    },
    ...is.errors.map((said) => error(subject, said, "journalctl -u etcd there")),
  ];
  return found.filter((one) => one !== false);
}

function ofCluster(members: readonly EtcdMember[], { masters }: Seen): Finding[] {
  const leaders = new Set(members.map(({ leader }) => leader).filter((id) => id !== ""));
  const clusters = new Set(members.map(({ cluster }) => cluster));
  const names = masters.map(({ name }) => name);
  const listed = members.find(({ members: all }) => all.length > 0)?.members ?? [];
  return [
    ...(clusters.size > 1
      ? [
          error(
            "etcd",
            "the members belong to different clusters",
            "never let both run: keep the one that has your data",
          ),
        ]
      : leaders.size > 1
        ? [
            error(
              "etcd",
              "the members name different leaders",
              "look again in some seconds; then mend the network between them",
            ),
          ]
        : []),
    ...[...new Set(members.flatMap(({ alarms }) => alarms))].map((alarm) =>
      error(
        "etcd",
        `it has raised the alarm ${alarm}`,
        alarm === "NOSPACE"
          ? "compact and defragment it, then etcdctl alarm disarm: until then it accepts no writes"
          : "replace the member that the alarm names; do not disarm it before",
      ),
    ),
    ...listed
      .filter((name) => !names.includes(name))
      .map((name) =>
        error(
          "etcd",
          name === ""
            ? "it has a member that was added and never started"
            : `it has a member that the inventory does not have: ${name}`,
          "a member that does not run counts for the quorum: start it, or take it out with etcdctl member remove",
        ),
      ),
    ...(listed.length > 0 ? names.filter((name) => !listed.includes(name)) : []).map((name) =>
      error("etcd", `${name} is in the group masters, and no member`, "site adds it, or says why not"),
    ),
  ];
}

export const etcd = defineCheck({
  name: "etcd",
  description: "etcd has a leader, its members are those of the inventory, and none is full, slow or behind.",
  onHosts: (host, { vars }) =>
    host.groups.includes("masters")
      ? { etcd: script(question(vars.bin_dir, vars.etcd_client_port, vars.etcd_metrics_port)) }
      : {},
  findings: (seen) => {
    const asked = seen.patients.map((patient) => ({
      host: patient.host.name,
      member: readEtcd(patient.host.name, answer<string>(patient, "etcd") ?? ""),
    }));
    const members = asked.flatMap(({ member }) => member ?? []);
    const newest = Math.max(0, ...members.map(({ applied }) => applied));
    return [
      ...asked
        .filter(({ member }) => member === undefined)
        .map(({ host }) => error(`etcd of ${host}`, "it does not answer", "journalctl -u etcd there shows why")),
      ...members.flatMap((member) => ofMember(member, seen, newest)),
      ...ofCluster(members, seen),
    ];
  },
});
