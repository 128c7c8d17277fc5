import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { changesKey, endedUpgrade, forgotten } from "#cluster/upgrade/ended.ts";
import { keptIn, type Upgradable } from "#cluster/upgrade/kept.ts";
import { subject } from "../../engine/resources/one-resource.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("an upgrade that has ended", () => {
  const root = temporaryFolder();
  const service = (unit: string): Upgradable => ({
    unit,
    programs: [
      {
        artifact: unit,
        version: "3.7.3",
        architecture: "amd64",
        dest: path.join(root, "bin", unit),
        staged: path.join(root, "lib/kubeplay", unit, "3.7.3", unit),
      },
    ],
    files: [],
  });
  const services = [service("etcd"), service("kubelet")] as const;
  const note = path.join(root, "lib/kubeplay/previous/ended");
  const run = (steps: readonly unknown[]): void => {
    for (const step of steps) execFileSync("sh", ["-c", String(step)]);
  };
  const end = subject(endedUpgrade("Note it", { services }));
  const forget = (changing: Readonly<Record<string, boolean | undefined>>) =>
    subject(
      forgotten("Forget it", {
        services,
        ...Object.fromEntries(Object.entries(changing).map(([host, changes]) => [changesKey(host), changes])),
      }),
    );
  const absent = { type: "absent" } as const;
  const noted = { ended: { type: "file", mode: 0o644 } } as const;

  beforeEach(() => {
    for (const each of services) {
      mkdirSync(keptIn(each), { recursive: true });
      writeFileSync(path.join(keptIn(each), "to"), "3.7.3\n");
    }
  });

  it("is forgotten when another one begins, also if that changes only another host", () => {
    run(end.steps({ etcd: "3.7.3\n", kubelet: undefined, ended: absent }));
    expect(existsSync(note)).to.equal(true);
    expect(forget({ a: false, b: undefined }).diff(noted)).to.deep.equal([]);
    const begun = forget({ a: false, b: true });
    expect(begun.diff({ ...noted, ...begun.forecast(noted) })).to.deep.equal([]);
    run(begun.steps(noted));
    for (const each of services) expect(existsSync(keptIn(each)), each.unit).to.equal(false);
    expect(existsSync(note)).to.equal(false);
  });

  it("is not forgotten by the run that continues it", () => {
    expect(forget({ a: true }).diff({ ended: absent })).to.deep.equal([]);
  });

  it("is noted once, and only where something is kept", () => {
    const now = { etcd: undefined, kubelet: "1.37.2\n", ended: absent };
    expect(end.diff(now)).to.have.length(1);
    expect(end.diff({ ...now, ...end.forecast(now) })).to.deep.equal([]);
    expect(end.diff({ ...now, kubelet: undefined })).to.deep.equal([]);
  });
});
