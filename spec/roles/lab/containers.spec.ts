import { expect } from "chai";
import type { FoundContainer } from "#roles/lab/containers-query.ts";
import { containers, remove, type Container } from "#roles/lab/containers.ts";
import { ask, bound, makeMachine, onMachine, plain, shellOf, type Machine } from "./helpers.ts";

const host = (name: string, address: string): Container => ({
  name,
  address,
  options: ["--env", "greeting=hello world"],
  image: "localhost/image",
  command: ["/sbin/init"],
  port: 22,
});
const hosts = [host("one", "10.0.0.11"), host("two", "10.0.0.12")];
const shared = { containers: hosts, network: "lab", folder: "/project/.kubeplay/lab" };
const present = bound(containers("Start the hosts", { ...shared, state: "present" }));
const stopped = bound(containers("Stop the hosts", { ...shared, state: "stopped" }));
const absent = bound(containers("Remove the hosts", { ...shared, state: "absent" }));

const found = (name: string, more: Partial<FoundContainer> = {}): FoundContainer => ({
  name,
  status: "running",
  lab: shared.folder,
  networks: ["lab"],
  ...more,
});

const foreign = (name: string): FoundContainer => ({ name, status: "running", networks: ["lab"] });

describe("the lab's containers", () => {
  it("are not changed if all of them run", () => {
    expect(present.diff({ all: [found("one"), found("two", { address: "10.0.0.12" })] })).to.deep.equal([]);
  });

  it("are made if they are missing, each with its address, and waited for", () => {
    const now = { all: [] };
    expect(present.diff(now).map(({ what }) => what)).to.deep.equal(["one", "two"]);
    const shell = plain(shellOf(present.apply(now)));
    expect(shell)
      .to.contain("--ip 10.0.0.11 ")
      .and.to.contain("--ip 10.0.0.12 ")
      .and.to.contain("'greeting=hello world'");
    expect(shell).to.contain("ready one 10.0.0.11 22");
  });

  it("keep their MAC address after a restart, so that ARP caches stay valid", () => {
    expect(plain(shellOf(present.apply({ all: [] })))).to.contain("--mac-address 02:6b:0a:00:00:0b");
  });

  it("are started again with their data if they were stopped", () => {
    const shell = plain(shellOf(present.apply({ all: [found("one"), found("two", { status: "stopped" })] })));
    expect(shell).to.contain("podman start two").and.not.to.contain("podman --runtime").and.not.to.contain("ready one");
  });

  it("are recreated if a start had failed", () => {
    const shell = plain(shellOf(present.apply({ all: [found("one"), found("two", { status: "unfinished" })] })));
    expect(shell).to.contain("podman rm --force --time 5 two ");
  });

  it("are refused if a container of the same name is not the lab's", () => {
    expect(() => present.diff({ all: [foreign("two")] })).to.throw("a container two that the lab did not make");
  });

  it("are refused if they belong to another checkout", () => {
    const all = [found("one", { lab: "/elsewhere/.kubeplay/lab" })];
    expect(() => present.diff({ all })).to.throw("one belongs to the lab that was made from /elsewhere/.kubeplay/lab");
  });

  it("are refused, and not recreated, if their address differs", () => {
    const all = [found("one", { address: "10.0.0.99" })];
    expect(() => present.diff({ all })).to.throw("made with the address 10.0.0.99, expected 10.0.0.11");
  });

  it("are refused if their driver differs", () => {
    const all = [found("one", { driver: "vm" })];
    expect(() => present.diff({ all })).to.throw("one was made with lab_driver vm, expected none");
  });

  it("are recreated with their data if their size differs", () => {
    const large = { ...hosts[0]!, shape: "4 processors", volume: "one-lib" };
    const resource = bound(containers("Start", { ...shared, containers: [large], state: "present" }));
    const all = [found("one", { shape: "2 processors" })];
    expect(resource.diff({ all })).to.deep.equal([{ what: "one", before: "2 processors", after: "4 processors" }]);
    expect(plain(shellOf(resource.apply({ all }))))
      .to.match(/podman stop one && .*podman rm --force --time 5 one .*podman --runtime runc run .*shape=4 processors/)
      .and.not.to.contain("volume rm");
    expect(resource.diff(resource.forecast({ all }))).to.deep.equal([]);
  });

  it("have no data of an earlier container of the same name if they are new", () => {
    const withVolume = { ...hosts[0]!, volume: "one-lib" };
    const resource = bound(containers("Start", { ...shared, containers: [withVolume], state: "present" }));
    expect(plain(shellOf(resource.apply({ all: [] })))).to.match(
      /podman volume rm one-lib[^]*volume create --label kubeplay.network=lab one-lib; } && podman --runtime/,
    );
  });

  it("are not started if a volume of the same name is not the lab's", () =>
    onMachine(async (machine) => {
      const withVolume = { ...hosts[0]!, volume: "one-lib" };
      const resource = bound(containers("Start", { ...shared, containers: [withVolume], state: "present" }));
      const [start] = resource.apply({ all: [] });
      const outcome = async (network: string): Promise<string> => {
        await machine.podman(
          `case "$*" in "volume inspect"*) echo ${network} ;; esac; echo "$*" >> ${machine.folder}/log`,
        );
        await machine.sh(`: > ${machine.folder}/log`);
        return machine.sh(`(${shellOf([start!])}) 2>&1; echo $?; cat ${machine.folder}/log`);
      };
      expect(await outcome("other"))
        .to.match(/^there is a volume one-lib that the lab did not make: rename or remove it\n1\n/)
        .and.not.to.match(/volume rm|run/);
      expect(await outcome("lab")).to.match(/^0\n[^]*volume rm one-lib\n[^]*run/);
    }));

  it("are refused if their architecture differs", () => {
    const arm = { ...hosts[0]!, architecture: "arm64" as const };
    const resource = bound(containers("Start", { ...shared, containers: [arm], state: "present" }));
    expect(() => resource.diff({ all: [found("one", { architecture: "amd64" })] })).to.throw(
      "one was made with lab_vm_architecture amd64, expected arm64",
    );
  });

  it("are waited for longer if they start slowly", () => {
    const slow = bound(
      containers("Start", { ...shared, containers: [{ ...hosts[0]!, patience: 300 }], state: "present" }),
    );
    expect(plain(shellOf(slow.apply({ all: [] })))).to.contain("ready one 10.0.0.11 22 300");
  });

  it("are reported with the end of their log if they do not answer", () =>
    onMachine(async (machine) => {
      await machine.podman('case "$*" in logs*) echo "Kernel panic" ;; esac');
      const deaf = { ...hosts[0]!, address: "127.0.0.1", port: 1, patience: 0 };
      const [, wait] = bound(containers("Start", { ...shared, containers: [deaf], state: "present" })).apply({
        all: [],
      });
      const said = await machine.sh(`(${shellOf([wait!])}) 2>&1; echo $?`);
      expect(said).to.equal("Kernel panic\none does not answer on 127.0.0.1:1: see podman logs one\n1\n");
    }));

  it("are not waited for any longer once they have ended", () =>
    onMachine(async (machine) => {
      await machine.podman('case "$*" in logs*) echo "no such device" ;; inspect*) echo false ;; esac');
      const dead = { ...hosts[0]!, address: "127.0.0.1", port: 1, patience: 300 };
      const [, wait] = bound(containers("Start", { ...shared, containers: [dead], state: "present" })).apply({
        all: [],
      });
      const said = await machine.sh(`(${shellOf([wait!])}) 2>&1; echo $?`);
      expect(said).to.equal("no such device\none has ended: see podman logs one\n1\n");
    }));

  it("are stopped and not removed, all of the lab's that run", () => {
    const all = [foreign("none"), found("one"), found("two", { status: "stopped" }), found("old")];
    expect(stopped.diff({ all }).map(({ what }) => what)).to.deep.equal(["one", "old"]);
    expect(plain(shellOf(stopped.apply({ all }))))
      .to.contain("podman stop old")
      .and.not.to.contain("stop two");
    expect(stopped.diff(stopped.forecast({ all }))).to.deep.equal([]);
  });

  it("are all removed with the lab, also those no longer in the inventory, and no others", () => {
    const all = [foreign("one"), found("two"), found("old"), found("other", { networks: ["podman"] })];
    expect(absent.diff({ all }).map(({ what }) => what)).to.deep.equal(["two", "old"]);
    const shell = plain(shellOf(absent.apply({ all })));
    expect(shell)
      .to.contain("podman rm --force --time 5 old")
      .and.not.to.match(/rm .* (one|other)\b/);
    expect(absent.diff(absent.forecast({ all }))).to.deep.equal([]);
  });

  it("are removed by another try if podman does not wait for their stop", () =>
    onMachine(async (machine) => {
      const outcome = async (refusals: number): Promise<string> => {
        const file = `${machine.folder}/tried-${refusals}`;
        await machine.sh(`: > ${file}`);
        await machine.podman(
          `[ "$1" = rm ] || exit 0; tried=; while read -r line; do tried=x$tried; done < ${file}; echo >> ${file}; [ \${#tried} -ge ${refusals} ] || { echo "container state improper" >&2; exit 125; }`,
        );
        return machine.sh(`sleep() { :; }; (${remove("one")}) >/dev/null 2>&1; echo $?`);
      };
      expect(await outcome(2)).to.equal("0\n");
      expect(await outcome(99)).to.equal("1\n");
    }));

  describe("whose removal was interrupted", () => {
    const removal = { type: "file" };

    it("are not started, as new hosts beside the old ones would found a second cluster", () => {
      for (const all of [[], [found("one")], [found("one"), found("two")]])
        expect(() => present.diff({ all, removal })).to.throw("the lab is half removed: complete its removal first");
    });

    it("are removed by the next try, also if only its end is missing", () => {
      expect(absent.diff({ all: [found("two")], removal }).map(({ what }) => what)).to.deep.equal(["two"]);
      expect(absent.diff({ all: [], removal })).to.have.length(1);
      expect(absent.diff(absent.forecast({ all: [], removal }))).to.deep.equal([]);
    });

    it("are known by a file that lasts from the first removed host to the last", () =>
      onMachine(async (machine) => {
        const folder = `${machine.folder}/lab`;
        const resource = bound(containers("Remove", { ...shared, folder, state: "absent" }));
        const all = [found("one"), found("two")];
        const steps = resource.apply({ all });
        const state = async () =>
          ((await ask(machine, resource.needs())) as { removal: { type: string } }).removal.type;
        await machine.podman('case "$*" in rm*two) exit 125 ;; esac');
        for (const step of steps.slice(0, 2))
          await machine.sh(`sleep() { :; }; (${shellOf([step])}) >/dev/null 2>&1 || :`);
        expect(await state()).to.equal("file");
        await machine.sh(shellOf(steps.slice(2)));
        expect(await state()).to.equal("absent");
      }));
  });

  it("are forecast as running", () => {
    expect(present.diff(present.forecast({ all: [found("one", { status: "stopped" })] }))).to.deep.equal([]);
  });

  describe("as podman lists them", () => {
    let machine: Machine;
    beforeEach(async () => (machine = await makeMachine()));
    afterEach(() => machine.remove());

    it("are none if podman is not installed", async () => {
      expect(await ask(machine, present.needs())).to.have.deep.property("all", []);
    });

    it("are read with their state, lab and networks", async () => {
      const row = { Names: ["one"], State: "running", Networks: ["lab"], Labels: { "kubeplay.lab": "/a" } };
      const rows = [
        row,
        { Names: ["db"], State: "exited", Networks: null, Labels: null },
        { ...row, State: "created" },
      ];
      await machine.podman(`cat <<'END'\n${JSON.stringify(rows)}\nEND`);
      expect(await ask(machine, present.needs())).to.have.deep.property("all", [
        { name: "one", status: "running", lab: "/a", networks: ["lab"] },
        { name: "db", status: "stopped", networks: [] },
        { name: "one", status: "unfinished", lab: "/a", networks: ["lab"] },
      ]);
    });

    it("are all waited for, and one failure fails the step", async () => {
      await machine.podman(`case "$*" in *one*) exit 3 ;; esac; sleep 0.1; echo "$*" >> ${machine.folder}/log`);
      const [start] = present.apply({ all: [] });
      const outcome = await machine.sh(
        `(${shellOf(start === undefined ? [] : [start])}); echo $?; cat ${machine.folder}/log`,
      );
      expect(outcome).to.match(/^1\n.*--name two/);
    });
  });
});
