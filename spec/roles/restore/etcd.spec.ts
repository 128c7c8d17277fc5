import { expect } from "chai";
import type { BackupRecord } from "#cluster/backup/place.ts";
import { restoreCheck, restoredData, restorePending } from "#roles/restore/etcd.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

const sha256 = "ab".repeat(32);
const record: BackupRecord = {
  ...{ cluster: "prod", made: "2026-11-30T12:40:11Z", kubernetes: "1.37.2", etcd: "3.7.3", inventory: "hosts.yaml" },
  snapshot: { size: 1, sha256, revision: 1, keys: 1 },
  files: {},
};
const where = { cluster: "prod", backup: "backups/prod-1", dataDir: "/var/lib/etcd" };
const marked = { record, marker: `${sha256}\n` };

describe("the check before a restoration", () => {
  const check = (overwrite: boolean) => subject(restoreCheck("Check", { ...where, metricsPort: 2381, overwrite }));

  it("refuses to take back a cluster that is alive, with the time of the backup", () => {
    expect(() => check(false).diff({ record, marker: undefined, alive: true })).to.throw(
      /take back everything since 2026-11-30T12:40:11Z.*restore_overwrite=true/,
    );
    expect(check(true).diff({ record, marker: undefined, alive: true })).to.be.empty;
    expect(check(false).diff({ record, marker: undefined, alive: false })).to.be.empty;
  });

  it("lets a restoration go on that was interrupted", () =>
    expect(check(false).diff({ ...marked, alive: true })).to.be.empty);

  it("refuses the backup of another cluster", () =>
    expect(() =>
      check(true).diff({ record: { ...record, cluster: "test" }, marker: undefined, alive: false }),
    ).to.throw("the backup is of the cluster test, but cluster_name is prod"));
});

describe("the data of a restored member", () => {
  const data = subject(
    restoredData("Restore it", {
      ...where,
      ...{ file: "/s.db", etcdutl: "/usr/local/bin/etcdutl", name: "cp-1", peer: "https://192.0.2.11:2380" },
      members: ["cp-1=https://192.0.2.11:2380", "cp-2=https://192.0.2.12:2380"],
    }),
  );

  it("is made once from a snapshot, and again from another", () => {
    expect(data.diff(marked)).to.be.empty;
    expect(data.diff({ record, marker: undefined })).to.have.length(1);
    expect(data.diff({ record, marker: `${"cd".repeat(32)}\n` })).to.have.length(1);
    expect(data.diff({ record, ...data.forecast({ record, marker: undefined }) })).to.be.empty;
  });

  it("keeps what was there, and is in place as a whole before it counts as restored", () => {
    const [step] = data.steps({ record, marker: undefined }) as readonly { readonly sh: string }[];
    const order = [
      "snapshot restore",
      "before-restore-",
      '/restoring/member" "$dir/member"',
      "sync",
      "kubeplay-restored",
    ];
    const places = order.map((word) => step?.sh.indexOf(word) ?? -1);
    expect(places)
      .to.deep.equal([...places].sort((a, b) => a - b))
      .and.not.include(-1);
  });

  it("is pending until the note says that it was made from this snapshot", () => {
    const task = restorePending("Look", where);
    const output = (marker: string | undefined): unknown =>
      "resource" in task.does ? task.does.resource.output?.({ record, marker }, task.props, []) : undefined;
    expect([output(undefined), output(marked.marker), output("other\n")]).to.deep.equal([true, false, true]);
  });
});
