import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { type as run, lastSummary, measured } from "../cluster/lab.ts";
import {
  clusterFolder,
  isWell,
  kubectl,
  makeCluster,
  masters,
  onHost,
  play,
  removeLab,
  tryPlay,
} from "./ha-cluster.ts";

const folder = `${clusterFolder}-backups`;
const passphrase = "correct-horse-battery";
const key = (value = passphrase) => ["-e", `backup_folder=${folder}`, "-e", `backup_passphrase=${value}`];
const newest = (): string => path.join(folder, readdirSync(folder).sort().at(-1) ?? "");
const restore = (backup: string, ...more: readonly string[]) => [
  ...key(),
  "-e",
  `backup=${backup}`,
  ...more,
  "restore",
];

const note = async (text: string): Promise<void> => {
  await kubectl("-n", "load", "create", "configmap", text, `--from-literal=text=${text}`);
};
const notes = async (): Promise<readonly string[]> =>
  (await kubectl("-n", "load", "get", "configmaps", "-o", "name"))
    .split("\n")
    .filter((name) => name.includes("note-"))
    .map((name) => name.replace("configmap/", ""));

/** A master as a new machine: its etcd, its keys and its control plane are gone. */
const wipe = (host: (typeof masters)[number]) =>
  onHost(
    host,
    "systemctl stop kubelet kube-apiserver kube-controller-manager kube-scheduler etcd; rm -rf /var/lib/etcd /etc/etcd /etc/kubernetes",
  );

describe("a backup of a cluster", () => {
  let first = "";

  before("make a cluster, and save it", async () => {
    rmSync(folder, { recursive: true, force: true });
    await makeCluster();
    await note("note-before");
    measured("backup", (await play(...key(), "backup")).seconds);
    first = newest();
    await note("note-after");
  });
  after("remove it", async () => {
    await removeLab();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is encrypted: no word of its Secrets and keys is in it", () => {
    const saved = first;
    for (const name of readdirSync(saved).filter((file) => file.endsWith(".age"))) {
      const bytes = readFileSync(path.join(saved, name));
      expect(bytes.subarray(0, 30).toString()).to.contain("age-encryption.org");
      expect(bytes.includes("PRIVATE KEY")).to.equal(false);
      expect(bytes.includes("note-before")).to.equal(false);
    }
  });

  it("does not take a living cluster back without a word", async () => {
    const { code, output } = await tryPlay(...restore(first));
    expect(code, output).to.equal(2);
    expect(output).to.contain("etcd is healthy here");
    expect(await notes()).to.deep.equal(["note-after", "note-before"]);
  });

  it("is refused if it is garbled, or with another passphrase, and nothing has changed", async () => {
    const garbled = `${first}-garbled`;
    cpSync(first, garbled, { recursive: true });
    const file = path.join(garbled, "etcd.db.age");
    const bytes = readFileSync(file);
    bytes.fill(0, bytes.length - 500, bytes.length - 400);
    writeFileSync(file, bytes);
    const overwrite = ["-e", "restore_overwrite=true"];
    const damaged = await tryPlay(...restore(garbled, ...overwrite));
    rmSync(garbled, { recursive: true });
    expect(damaged.code, damaged.output).to.equal(2);
    expect(damaged.output).to.contain("etcd.db.age is damaged");
    const wrong = await tryPlay(...key("another-passphrase"), "-e", `backup=${first}`, ...overwrite, "restore");
    expect(wrong.code, wrong.output).to.equal(2);
    expect(wrong.output).to.contain("cannot be decrypted").and.not.contain("another-passphrase");
    expect(await notes()).to.deep.equal(["note-after", "note-before"]);
    await isWell();
  });

  it("brings one lost master back, with all others as they were then", async () => {
    await wipe("life-3");
    measured("backup with one master lost", (await play(...key(), "backup")).seconds);
    await note("note-later");
    const { seconds } = await play(...restore(newest(), "-e", "restore_overwrite=true"));
    measured("one master lost, until restore has ended", seconds);
    expect(await notes()).to.deep.equal(["note-after", "note-before"]);
    await isWell();
  });

  it("brings all masters and the controller's folder back, as they were", async () => {
    for (const host of masters) await wipe(host);
    const kept = `${folder}-access`;
    mkdirSync(kept, { recursive: true });
    for (const name of ["id_ed25519", "id_ed25519.pub", "known_hosts"])
      cpSync(path.join(clusterFolder, name), path.join(kept, name));
    rmSync(clusterFolder, { recursive: true });
    cpSync(kept, clusterFolder, { recursive: true });
    rmSync(kept, { recursive: true });
    const { seconds } = await play(
      ...restore(first, "-e", JSON.stringify({ preflight_ignore: ["Cpus", "EtcdMembers"] })),
    );
    measured("all masters and the controller's folder lost, until restore has ended", seconds);
    expect(await notes()).to.deep.equal(["note-before"]);
    await isWell();
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
  });
});
