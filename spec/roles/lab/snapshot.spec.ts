import { symlink } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import type { Container } from "#roles/lab/containers.ts";
import { labSnapshot, noSnapshots, type SnapshotProps } from "#roles/lab/snapshot.ts";
import { ask, bound, makeMachine, onMachine, plain, shellOf, type Machine } from "./helpers.ts";

const container: Container = {
  name: "one",
  address: "127.0.0.1",
  options: ["--volume", "one-lib:/var/lib"],
  image: "localhost/image",
  command: ["/sbin/init"],
  port: 22,
};
const folder = "/project/.kubeplay/lab";
const snapshot = (state: SnapshotProps["state"]) =>
  bound(labSnapshot("A snapshot", { name: "bare", containers: [container], network: "lab", folder, state }));
const running = { all: [{ name: "one", status: "running", lab: folder, networks: ["lab"] }] };

describe("a snapshot of the lab's hosts", () => {
  it("saves a host's root and volume while the host is stopped", () => {
    const shell = plain(shellOf(snapshot("saved").apply(running)));
    const order = [
      "podman stop one",
      "podman untag localhost/kubeplay-snapshot:lab.one.bare",
      "cp --archive",
      "podman commit --quiet",
      "podman start one",
    ];
    expect(order.map((words) => shell.indexOf(words))).to.satisfy(
      (places: number[]) => places.every((place, i) => place > (places[i - 1] ?? -1)),
      shell,
    );
    expect(shell).to.contain("ready one");
  });

  it("is removed if it is incomplete, and the host runs again", () =>
    onMachine(async (machine) => {
      await machine.podman(
        `echo "$*" >> ${machine.folder}/log; case "$*" in commit*) exit 1 ;; image*) exit 1 ;; *Labels*) echo lab ;; esac`,
      );
      await symlink("/bin/true", path.join(machine.folder, "cp"));
      const [take] = snapshot("saved").apply(running);
      expect(await machine.sh(`(${shellOf([take!])}) 2>&1; echo $?`)).to.equal("1\n");
      expect(await machine.sh(`cat ${machine.folder}/log`)).to.match(
        /commit [^]*\nstart one\n[^]*volume rm one-lib.bare\n/,
      );
    }));

  it("is not taken of a virtual machine that was killed instead of shut down", () =>
    onMachine(async (machine) => {
      await machine.podman(`echo "$*" >> ${machine.folder}/log; case "$*" in inspect*) echo 137 ;; esac`);
      const vm = { name: "bare", containers: [{ ...container, driver: "vm" as const }], network: "lab", folder };
      const [take] = bound(labSnapshot("A snapshot", { ...vm, state: "saved" })).apply(running);
      expect(await machine.sh(`(${shellOf([take!])}) 2>&1; echo $?`)).to.equal(
        "one did not shut down in time, so nothing is saved: see podman logs one\n1\n",
      );
      expect(await machine.sh(`cat ${machine.folder}/log`)).to.match(/start one\n/);
    }));

  it("is not taken of a host that does not run", () => {
    expect(() => snapshot("saved").diff({ all: [] })).to.throw("one is absent, and only running hosts can be saved");
    expect(snapshot("restored").diff({ all: [] })).to.have.length(1);
  });

  it("is a change each time", () => {
    for (const state of ["saved", "restored"] as const)
      expect(snapshot(state).diff(running)).to.deep.include({
        what: "one",
        before: undefined,
        after: `${state} bare`,
        always: true,
      });
  });

  it("never touches a container that the lab did not make", () => {
    const all = [{ name: "one", status: "running", networks: ["lab"] }];
    expect(() => snapshot("restored").diff({ all })).to.throw("a container one that the lab did not make");
  });

  describe("restored", () => {
    let machine: Machine;
    beforeEach(async () => (machine = await makeMachine()));
    afterEach(() => machine.remove());

    it("is checked before any host is changed", async () => {
      await machine.podman("exit 1");
      const [look] = snapshot("restored").apply(running);
      expect(await machine.sh(`(${shellOf([look!])}) 2>&1; echo $?`)).to.equal(
        "one has no snapshot bare: save one with -e lab_state=saved -e lab_snapshot=bare\n1\n",
      );
    });

    it("recreates the host from the snapshot's image and volume", async () => {
      await machine.sh(
        `mkdir ${machine.folder}/saved ${machine.folder}/now; echo hello > ${machine.folder}/saved/file`,
      );
      const copy = (await machine.sh("command -v cp || :")).trim();
      expect(copy, "the machine of specs has no cp").to.equal("");
      await machine.podman(`echo "$*" >> ${machine.folder}/log; [ "$*" != "volume exists one-lib" ]`);
      const [, restore] = snapshot("restored").apply(running);
      await machine.sh(`(${shellOf([restore!])}) 2>&1 || :`);
      const log = await machine.sh(`cat ${machine.folder}/log`);
      expect(log)
        .to.match(/rm --force --time 5 one\n/)
        .and.to.match(/volume create --label kubeplay.network=lab one-lib\n/);
      expect(plain(shellOf([restore!]))).to.match(/localhost\/kubeplay-snapshot:lab\.one\.bare \/sbin\/init/);
    });
  });

  it("is removed with the lab, but no volume of a host or of others", () =>
    onMachine(async (machine) => {
      const gone = bound(noSnapshots("Remove them", { network: "lab" }));
      // Like podman 4.3, it lists volumes that match one of two filters.
      await machine.podman(`echo "$*" >> ${machine.folder}/log
case "$*" in
  "volume ls --quiet --filter label=kubeplay.network=lab") echo one-lib; echo one-lib.bare ;;
  "volume ls"*) echo one-lib; echo one-lib.bare; echo other ;;
  "ps --all --quiet --filter volume=one-lib") echo 123 ;;
esac`);
      await machine.sh(shellOf(gone.apply({ some: true })));
      expect((await machine.sh(`cat ${machine.folder}/log`)).match(/volume rm .*/g)).to.deep.equal([
        "volume rm one-lib.bare",
      ]);
    }));

  it("is searched for when the lab is removed", () =>
    onMachine(async (machine) => {
      const gone = bound(noSnapshots("Remove them", { network: "lab" }));
      await machine.podman("echo one-lib.bare");
      expect(gone.diff(await ask(machine, gone.needs()))).to.have.length(1);
      expect(gone.diff(gone.forecast({}))).to.deep.equal([]);
      await machine.podman(":");
      expect(gone.diff(await ask(machine, gone.needs()))).to.deep.equal([]);
    }));
});
