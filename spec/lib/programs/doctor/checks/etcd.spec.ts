import { expect } from "chai";
import { etcd } from "#programs/doctor/checks/etcd.ts";
import { quantile, readEtcd } from "#programs/doctor/etcd-answer.ts";
import { find, printedFindings } from "../seen.ts";

const ids = { cluster: "13344581783083125259", member: "10512550588146715871" };

interface Change {
  readonly status?: object;
  readonly leader?: string;
  readonly alarms?: object[];
  readonly names?: string[];
  readonly slow?: boolean;
}

const answerOf = ({ status = {}, leader = ids.member, alarms, names = ["cp-1"], slow = false }: Change): string => {
  const header = `"header":{"cluster_id":${ids.cluster},"member_id":${ids.member},"revision":5}`;
  const rest = { version: "3.7.3", dbSize: 1e6, dbSizeInUse: 9e5, dbSizeQuota: 1e9, raftAppliedIndex: 9, ...status };
  return [
    `[{"Endpoint":"https://127.0.0.1:2379","Status":{${header},"leader":${leader},${JSON.stringify(rest).slice(1)}}]`,
    `{${header}${alarms ? `,"alarms":${JSON.stringify(alarms)}` : ""}}`,
    `{${header},"members":${JSON.stringify(names.map((name) => ({ name })))}}`,
    `etcd_disk_wal_fsync_duration_seconds_bucket{le="0.064"} ${slow ? "50" : "100"}`,
    'etcd_disk_wal_fsync_duration_seconds_bucket{le="0.512"} 100',
    'etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 100',
  ].join("\n");
};

describe("the doctor's check of etcd", () => {
  const found = (change: Change) => printedFindings(find(etcd, { answers: { "cp-1": { etcd: answerOf(change) } } }));

  it("finds nothing in a healthy cluster", () => {
    expect(found({})).to.deep.equal([]);
  });

  it("finds members that do not answer, have no leader, are full, slow, or of another version", () => {
    expect(printedFindings(find(etcd, { answers: { "cp-1": { etcd: "\n\n\n" } } }))).to.deep.equal([
      "error etcd of cp-1: it does not answer",
    ]);
    expect(found({ leader: "0" })[0]).to.contain("it knows no leader");
    expect(found({ status: { dbSize: 8e8 } })[0]).to.match(/^warning .* 800 MB of at most 1000 MB, of which 1 MB/);
    expect(found({ status: { dbSize: 9.1e8 } })[0]).to.match(/^error /);
    expect(found({ slow: true })[0]).to.contain("takes more than 0.512 s, and a heartbeat is due every 100 ms");
    expect(found({ status: { version: "3.6.8" } })[0]).to.equal(
      "note etcd of cp-1: it runs 3.6.8, and etcd_version is 3.7.3",
    );
    expect(found({ status: { errors: ["etcdserver: no space"] } })[0]).to.contain("etcdserver: no space");
  });

  it("finds alarms, and members and masters that do not match", () => {
    expect(
      found({
        alarms: [
          { memberID: 1, alarm: 1 },
          { memberID: 2, alarm: 1 },
        ],
      }),
    ).to.deep.equal(["error etcd: it has raised the alarm NOSPACE"]);
    expect(found({ names: ["cp-1", "cp-9", ""] })).to.deep.equal([
      "error etcd: it has a member that the inventory does not have: cp-9",
      "error etcd: it has a member that was added and never started",
    ]);
    expect(found({ names: ["cp-9"] }).at(-1)).to.equal("error etcd: cp-1 is in the group masters, and no member");
  });

  it("compares ids of which a number would lose the last digits", () => {
    expect(readEtcd("cp-1", answerOf({}))).to.include({ cluster: ids.cluster, leader: ids.member });
  });

  it("reads a quantile as the bound of its bucket", () => {
    const lines = ['x{le="1"} 98', 'x{le="2"} 99', 'x{le="+Inf"} 100'];
    expect([quantile(lines, 0.98), quantile(lines, 0.99), quantile(lines, 1), quantile([], 0.99)]).to.deep.equal([
      1,
      2,
      Infinity,
      0,
    ]);
  });
});
