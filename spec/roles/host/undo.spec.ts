import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { undone } from "kubeplay";
import { host } from "#roles/host/index.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { namesOf } from "../setting.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const tasks = (container: boolean) => tasksOf(undone(host), { facts: { container } });
const swapTask = "Turn its swap on again, now and at boot";

describe("a host that is reset", () => {
  const folder = temporaryFolder();
  const quoted = (file: string): string => `'${`${folder}/${file}`.replaceAll("'", `'\\''`)}'`;
  const { run, unless } = taskCalled(tasks(false), swapTask).props as { readonly run: string; readonly unless: string };
  /** The script on files of the spec; swap of this machine stays as it is. */
  const here = (script: string): string =>
    script
      .replaceAll("/var/lib/kubeplay/before/fstab", quoted("record"))
      .replaceAll("/etc/fstab.kubeplay", quoted("fstab.kubeplay"))
      .replaceAll("/etc/fstab", quoted("fstab"))
      .replace(/^swapon --all$/m, ":");
  const isDone = (): boolean =>
    execFileSync("sh", ["-c", `if (${here(unless)}); then echo yes; else echo no; fi`], { encoding: "utf8" }) ===
    "yes\n";
  const after = (record: string, fstab: string): string => {
    writeFileSync(`${folder}/record`, record);
    writeFileSync(`${folder}/fstab`, fstab);
    expect(isDone()).to.equal(false);
    execFileSync("sh", ["-c", here(run)]);
    expect(isDone()).to.equal(true);
    return readFileSync(`${folder}/fstab`, "utf8");
  };

  it("has its fstab back as it was", () => {
    const record = "# a\nUUID=1 / ext4 defaults 0 1\n/swap none swap sw 0 0\ntmpfs /x tmpfs size=1G 0 0\n";
    expect(after(record, record.replace(/^.* swap .*\n/m, ""))).to.equal(record);
  });

  it("keeps what others added to fstab since", () => {
    const now = "UUID=1 / ext4 defaults 0 1\nUUID=2 /data ext4 defaults 0 2\n";
    const record = "UUID=1 / ext4 defaults 0 1\n/swap none swap sw 0 0\n";
    expect(after(record, now)).to.equal(`${now}/swap none swap sw 0 0\n`);
  });

  it("gets no swap that it did not have", () => {
    writeFileSync(`${folder}/record`, "# /swap none swap sw 0 0\nUUID=1 / ext4 defaults 0 1\n");
    writeFileSync(`${folder}/fstab`, "");
    expect(isDone()).to.equal(true);
  });

  it("keeps its name and its machine's swap if it is a container", () => {
    expect(namesOf(tasks(true)))
      .to.not.include(swapTask)
      .and.not.include("Give it its former host name");
    expect(namesOf(tasks(false)))
      .to.include(swapTask)
      .and.include("Give it its former host name");
  });
});
