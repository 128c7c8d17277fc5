import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { backupRecord, checkCluster } from "#roles/restore/record.ts";
import type { BackupRecord } from "#cluster/backup/place.ts";
import { askNow } from "#engine/queries/define.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

describe("a snapshot that a master's timer has made", () => {
  const folder = temporaryFolder();
  const data = Buffer.alloc(100_000, "etcd's pages ");
  const whole = Buffer.concat([data, createHash("sha256").update(data).digest()]);
  const recordOf = (name: string, bytes: Buffer): Promise<BackupRecord> => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return askNow(backupRecord(file));
  };
  const failureOf = (asked: Promise<BackupRecord>): Promise<string> =>
    asked.then(
      () => "no failure",
      (error: unknown) => (error as Error).message,
    );

  it("is known by its name, and by its digest", async () => {
    const record = await recordOf("prod-eu-20261130T124011Z.db", whole);
    expect(record).to.deep.include({ cluster: "prod-eu", made: "2026-11-30T12:40:11Z" });
    expect(record.snapshot).to.deep.include({
      size: 100_032,
      sha256: createHash("sha256").update(whole).digest("hex"),
    });
    expect(() => checkCluster(record, { cluster: "prod-eu" })).not.to.throw();
    expect(() => checkCluster(record, { cluster: "prod" })).to.throw("the backup is of the cluster prod-eu");
    expect(() => checkCluster(record, { cluster: "drill", drill: true }), "in a drill").not.to.throw();
  });

  it("is refused if a byte is another one, if it is cut off, and if its name says nothing", async () => {
    const garbled = Buffer.from(whole);
    garbled[50_000] = 0;
    for (const bytes of [garbled, whole.subarray(0, 70_000), Buffer.alloc(0)])
      expect(await failureOf(recordOf("prod-20261130T124011Z.db", bytes))).to.contain("is damaged");
    expect(await failureOf(recordOf("mine.db", whole))).to.contain("has no name of a snapshot");
    expect(await failureOf(askNow(backupRecord("none-20261130T124011Z.db")))).to.contain("cannot be read");
  });
});
