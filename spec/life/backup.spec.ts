import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { lastSummary, measured, type as run, until } from "../cluster/lab.ts";
import {
  cluster,
  clusterFolder,
  isWell,
  kubectl,
  makeCluster,
  masters,
  play,
  removeLab,
  seenUnderLoad,
  tryPlay,
} from "./ha-cluster.ts";

const work = `${process.cwd()}/.kubeplay/lab-life-backup`;
const backups = `${work}/backups`;
const identityFile = `${work}/identity`;
const withKey = ["-e", `backup_identity_file=${identityFile}`];

const map = (name: string, ...words: readonly string[]) => kubectl("create", "configmap", name, ...words);
const mapsThere = async (): Promise<readonly string[]> =>
  (await kubectl("get", "configmaps", "-o", "name"))
    .trim()
    .split("\n")
    .map((name) => name.replace("configmap/", ""))
    .filter((name) => name !== "kube-root-ca.crt");

/** Clients of the API write and read, and a Service is found by its name and answers. */
const everythingAnswers = async (): Promise<void> => {
  await kubectl("-n", "load", "rollout", "status", "deployment/called", "--timeout=180s");
  await until("all clients succeed", 180, async () => {
    const { figures } = await seenUnderLoad("after the restoration", () => sleep(5000));
    const failed = [figures.reads, figures.writes, figures.calls].map((each) => each.failed);
    expect(failed).to.deep.equal([0, 0, 0]);
  });
};

/** As if their machines had burnt: the containers and the volumes with all their data. */
async function loseMasters(): Promise<void> {
  for (const host of masters) {
    const { code, output } = await run("podman", "rm", "--force", "--volumes", "--time", "0", host);
    expect(code, output).to.equal(0);
    await run("podman", "volume", "rm", "--force", `${host}-lib`);
  }
}

const nothingLeft = async (): Promise<void> => {
  await play("site");
  expect(lastSummary().changes).to.deep.equal([]);
};

describe("the backup of a cluster", () => {
  let folder = "";

  before("make a cluster, and a key for its backups", async () => {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true, mode: 0o700 });
    writeFileSync(identityFile, await generateIdentity(), { mode: 0o600 });
    await makeCluster();
  });
  after("remove it", async () => {
    await removeLab();
    rmSync(work, { recursive: true, force: true });
  });

  it("is a folder that only the key's owner can read", async () => {
    await map("before-the-backup");
    const recipient = await identityToRecipient(readFileSync(identityFile, "utf8"));
    const to = ["-e", JSON.stringify({ backup_recipients: [recipient], backup_folder: backups })];
    measured("backup", (await play(...to, "backup")).seconds);
    const names = readdirSync(backups);
    expect(names).to.have.length(1);
    folder = `${backups}/${names[0] ?? ""}`;
    expect(readdirSync(folder).sort()).to.deep.equal(["backup.json", "controller.tar.gz.age", "etcd.db.age"]);
    expect(readFileSync(`${folder}/controller.tar.gz.age`, "latin1")).to.match(/^age-encryption\.org\/v1\n/);
    await map("after-the-backup");
  });

  it("is tried in a lab of its own, in which nothing of the cluster starts", async () => {
    const drill = (...args: readonly string[]) =>
      run("npm", "run", "--silent", "play", "--", "-i", "hosts.drill.yaml", ...args);
    try {
      const ran = await drill(...withKey, "-e", `backup=${folder}`, "drill");
      expect(ran.code, ran.output).to.equal(0);
      measured("drill", ran.seconds);
      expect(ran.output.replace(/\s+/g, " ")).to.match(/ has \d+ namespaces, 4 nodes, \d+ secrets/);
      const maps = await run("npm", "run", "--silent", "kubectl", "--", "-i", "hosts.drill.yaml", "get", "configmaps");
      expect(maps.output).to.contain("before-the-backup").and.not.contain("after-the-backup");
      const refused = await drill(...withKey, "-e", `backup=${folder}`, "-e", "drill=false", "drill");
      expect(refused.output).to.contain("drill is false in hosts.drill.yaml");
      const foreign = await drill(...withKey, "-e", `backup=${folder}`, "-e", "drill=false", "restore");
      expect(foreign.output).to.contain("the backup is of the cluster lab-life-ha, but cluster_name is drill");
    } finally {
      await drill("-e", "lab_state=absent", "lab");
    }
  });

  it("is not restored over a cluster that is healthy", async () => {
    const { code, output } = await tryPlay(...withKey, "-e", `backup=${folder}`, "restore");
    expect(code, output).to.equal(2);
    expect(output.replace(/\s+/g, " ")).to.contain("a restoration would take back everything since");
    expect(await mapsThere()).to.have.members(["before-the-backup", "after-the-backup"]);
  });

  it("brings the cluster back after all masters and the controller's folder were lost", async () => {
    const uids = await kubectl("-n", "load", "get", "pods", "-o", "jsonpath={.items[*].metadata.uid}");
    await loseMasters();
    rmSync(clusterFolder, { recursive: true });
    measured("restore", (await play(...withKey, "-e", `backup=${folder}`, "restore")).seconds);
    await isWell();
    expect(await mapsThere()).to.deep.equal(["before-the-backup"]);
    // Pods of the node that was there all the time are the same, and the Service finds them.
    const now = await kubectl("-n", "load", "get", "pods", "-o", "jsonpath={.items[*].metadata.uid}");
    expect(
      now.split(" ").some((uid) => uids.includes(uid)),
      `${uids} → ${now}`,
    ).to.equal(true);
    await everythingAnswers();
    await nothingLeft();
  });

  it("can be a master's own snapshot, where the data of all members is lost", async () => {
    await map("before-the-snapshot");
    await cluster.sure("life-2", "systemctl start kubeplay-snapshot");
    const listed = await cluster.sure("life-2", "ls /var/lib/kubeplay/snapshots");
    const name = listed.trim().split("\n").at(-1) ?? "";
    await cluster.sure("life-2", `install -m 0644 /var/lib/kubeplay/snapshots/${name} /tmp/${name}`);
    const keys = ["-i", `${clusterFolder}/id_ed25519`, "-o", `UserKnownHostsFile=${clusterFolder}/known_hosts`];
    const fetched = await run(
      "scp",
      ...keys,
      `kubeplay@${cluster.addressOf("life-2")}:/tmp/${name}`,
      `${work}/${name}`,
    );
    expect(fetched.code, fetched.output).to.equal(0);
    await map("after-the-snapshot");
    for (const host of masters) await cluster.sure(host, "systemctl stop etcd && rm -rf /var/lib/etcd/member");
    measured("restore of a snapshot", (await play("-e", `backup=${work}/${name}`, "restore")).seconds);
    await isWell();
    expect(await mapsThere()).to.have.members(["before-the-backup", "before-the-snapshot"]);
    await everythingAnswers();
    await nothingLeft();
  });
});
