import { expect } from "chai";
import { backup } from "#roles/backup/index.ts";
import { snapshotFrom } from "#roles/backup/backup.ts";
import { master, tasksOf } from "../setting.ts";

const hosts = [master("b", "10.0.0.12"), master("a", "10.0.0.11"), master("c", "10.0.0.13")];
const vars = { backup_passphrase: "correct-horse" };

describe("the role backup", () => {
  it("asks its own member first, and any other if that one is not well", () => {
    const [task] = tasksOf(backup, { hosts, vars });
    expect(task?.props).to.deep.include({
      endpoints: ["https://10.0.0.12:2379", "https://10.0.0.11:2379", "https://10.0.0.13:2379"],
    });
    expect(task?.once).to.equal(true);
  });

  it("refuses to write what anybody can read", () =>
    expect(() => tasksOf(backup, { hosts })).to.throw("it is always encrypted: set backup_recipients"));

  it("reads the size, the digest and etcd's own figures of a snapshot", () => {
    const digest = "ab".repeat(32);
    const status = '{"hash":1,"revision":6502,"totalKey":418,"totalSize":2207744,"version":"3.7.0"}';
    expect(snapshotFrom(`Snapshot saved\n2207776 ${digest} ${status}\n`)).to.deep.equal({
      ...{ size: 2207776, sha256: digest, revision: 6502, keys: 418 },
    });
    expect(() => snapshotFrom("Snapshot saved\n")).to.throw("the snapshot's status cannot be read: Snapshot saved");
  });
});
