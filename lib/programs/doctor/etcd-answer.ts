import { list, number, text } from "../reading/objects.ts";

/** What one member says of itself and of its cluster. */
export interface EtcdMember {
  readonly host: string;
  readonly version: string;
  /** Ids as etcd writes them; "" for none. */
  readonly cluster: string;
  readonly leader: string;
  readonly isLearner: boolean;
  readonly applied: number;
  /** Bytes. */
  readonly size: number;
  readonly inUse: number;
  readonly quota: number;
  readonly errors: readonly string[];
  /** "NOSPACE", "CORRUPT". */
  readonly alarms: readonly string[];
  /** Names; "" for a member that has not started. */
  readonly members: readonly string[];
  /** Seconds within which 99 of 100 writes to the log reach the disk; 0 if unknown. */
  readonly slowestSync: number;
}

const alarmNames: Readonly<Record<number, string>> = { 1: "NOSPACE", 2: "CORRUPT" };
/** etcd's own quota, which older versions do not report. */
const usualQuota = 2 * 1024 ** 3;

/** Ids have more digits than a number keeps. */
const idIn = (json: string, name: string): string => {
  const [, id = ""] = new RegExp(`"${name}":(\\d+)`).exec(json) ?? [];
  return id === "0" ? "" : id;
};

/** Reads three lines of JSON (status, alarms, members), then metrics; undefined if the member gave no status. */
export function readEtcd(host: string, output: string): EtcdMember | undefined {
  const [statusLine = "", alarmLine = "", memberLine = "", ...metrics] = output.split("\n");
  const [status] = list({ all: parsed(statusLine) }, "all");
  if (status === undefined) return undefined;
  return {
    host,
    version: text(status, "Status", "version"),
    cluster: idIn(statusLine, "cluster_id"),
    leader: idIn(statusLine, "leader"),
    isLearner: statusLine.includes('"isLearner":true'),
    applied: number(status, "Status", "raftAppliedIndex"),
    size: number(status, "Status", "dbSize"),
    inUse: number(status, "Status", "dbSizeInUse"),
    quota: number(status, "Status", "dbSizeQuota") || usualQuota,
    errors: list(status, "Status", "errors").filter((one) => typeof one === "string"),
    alarms: list(parsed(alarmLine), "alarms").map((one) => alarmNames[number(one, "alarm")] ?? "of an unknown kind"),
    members: list(parsed(memberLine), "members").map((one) => text(one, "name")),
    slowestSync: quantile(metrics, 0.99),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The upper bound of the bucket that a quantile of a Prometheus histogram is in; Infinity above the last one. */
export function quantile(lines: readonly string[], share: number): number {
  const buckets = lines.flatMap((line) => {
    const [, le, count] = /le="([^"]+)".*\} (\d+)/.exec(line) ?? [];
    return le === undefined ? [] : [{ bound: le === "+Inf" ? Infinity : Number(le), count: Number(count) }];
  });
  const total = buckets.at(-1)?.count ?? 0;
  return total === 0 ? 0 : (buckets.find(({ count }) => count >= share * total)?.bound ?? 0);
}
