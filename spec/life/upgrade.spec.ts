import { expect } from "chai";
import { type as run, lastSummary, measured } from "../cluster/lab.ts";
import { brokenCache, type BrokenRelease } from "./broken-cache.ts";
import {
  clusterFolder,
  inventory,
  isWell,
  killedAfter,
  kubectl,
  makeCluster,
  oldVersions,
  onHost,
  play,
  removeLab,
  tryPlay,
  underLoad,
  variables,
  versions,
} from "./ha-cluster.ts";

const oldOnes = ["Kubernetes v1.36.3", "containerd://2.4.1", "v1.36.3"];
const newOnes = ["Kubernetes v1.37.2", "containerd://2.4.2", "v1.37.2"];
/** As the run itself says, etcd stays: its data is of the later minor version. */
const rolledBack = variables({ ...oldVersions, etcd_version: "3.7.3" });

const etcdVersion = async (): Promise<string> =>
  (await onHost("life-1", "etcd --version")).output.split("\n")[0]?.replace("etcd Version: ", "") ?? "";

/** Upgrades to a release of which one program is broken. */
const upgradeTo = (release: BrokenRelease, ...args: readonly string[]) =>
  run(
    ...([
      "env",
      `XDG_CACHE_HOME=${brokenCache(`${process.cwd()}/${clusterFolder}/cache`, release).XDG_CACHE_HOME ?? ""}`,
    ] as const),
    ...["npm", "run", "--silent", "play", "--", "-i", inventory],
    ...[...variables({ kubernetes_version: release.version, component_patience: 45 }), ...args, "upgrade"],
  );

/** What the last run changed, or said that it would. */
const changes = (): readonly string[] =>
  lastSummary()
    .changes.map(({ host, task }) => `${host}: ${task}`)
    .sort();

describe("the upgrade of a cluster under load", function () {
  let foreseen: readonly string[] = [];

  before("make a cluster of the releases before", () => makeCluster(...variables(oldVersions)));
  after("remove it", removeLab);

  it("is what site names, and changes nothing", async () => {
    const { code, output } = await tryPlay("site");
    expect(code, output).to.equal(2);
    expect(output).to.match(/_version is \S+, but \S+ runs: only the playbook upgrade/);
    expect(await versions()).to.deep.equal(oldOnes);
  });

  it("is foretold by --check, which changes nothing", async () => {
    const { seconds } = await play("--check", "upgrade");
    measured("--check upgrade", seconds);
    foreseen = changes();
    expect(foreseen).to.include.members(["life-1: Restart etcd", "life-worker: Drain the node"]);
    expect(await versions()).to.deep.equal(oldOnes);
    expect(await etcdVersion()).to.equal("3.6.8");
  });

  it("brings every component to its new version", async () => {
    await underLoad("upgrade", () => play("upgrade"));
    expect(changes()).to.deep.equal(foreseen);
    expect(await versions()).to.deep.equal(newOnes);
    expect(await etcdVersion()).to.equal("3.7.3");
    await isWell();
  });

  it("changes nothing when it runs again; site neither", async () => {
    measured("upgrade with nothing to do", (await play("upgrade")).seconds);
    expect(lastSummary().changes).to.deep.equal([]);
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("is put back, but for etcd, which says why it stays", async () => {
    const { output } = await underLoad("rollback", () => play("-e", "rollback=true", "upgrade"));
    expect(output).to.contain("etcd stays at 3.7.3");
    expect(await versions()).to.deep.equal(oldOnes);
    await isWell();
    await play(...rolledBack, "site");
  });

  it("puts the first API server back if its program ends, and leaves the others alone", async () => {
    const broken = { version: "1.37.9", like: "1.37.2", program: "kube-apiserver", does: "echo broken >&2; exit 1" };
    const { code, output, seconds } = await underLoad("a broken kube-apiserver", () => upgradeTo(broken));
    measured("a broken kube-apiserver, until the run ends", seconds);
    expect(code, output).to.equal(2);
    // The first that is ready goes first.
    expect(output).to.match(/kube-apiserver 1\.37\.9 failed on (life-\d), and \1 runs again what it ran before/);
    expect(await versions()).to.deep.equal(oldOnes);
    await isWell();
  });

  it("is finished by a run after several were killed", async () => {
    await underLoad("an upgrade killed again and again", async () => {
      for (let kills = 0, seconds = 0; kills < 5; kills++) {
        seconds = 15 + Math.random() * 75;
        if (!(await killedAfter(seconds, "upgrade"))) break;
        measured("killed with SIGKILL after", seconds);
      }
      await play("upgrade");
    });
    expect(await versions()).to.deep.equal(newOnes);
    await isWell();
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("puts a node back whose kubelet runs but never gets Ready, with its containerd", async () => {
    const broken = { version: "1.37.8", like: "1.37.2", program: "kubelet", does: "exec sleep infinity" };
    const { code, output, seconds } = await underLoad("a kubelet that never gets Ready", () =>
      upgradeTo(broken, "--limit", "life-worker,localhost"),
    );
    measured("a kubelet that never gets Ready, until the run ends", seconds);
    expect(code, output).to.equal(2);
    expect(output).to.contain("kubelet 1.37.8 failed on life-worker");
    expect(await versions()).to.deep.equal(newOnes);
    await isWell();
    expect(await kubectl("get", "nodes")).not.to.contain("SchedulingDisabled");
  });
});
