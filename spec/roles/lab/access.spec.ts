import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { labAccess } from "#roles/lab/access.ts";
import { labKey } from "#roles/lab/key.ts";
import { ask, bound, makeMachine, onController, shellOf, type Machine } from "./helpers.ts";

const hosts = [
  { name: "one", address: "10.0.0.11" },
  { name: "two", address: "10.0.0.12" },
];

describe("access to the lab's hosts", () => {
  let machine: Machine;
  let folder: string;
  const volume = (host: string): string => path.join(machine.folder, host, "lab");

  /** Hosts that have booted: their volumes hold their host keys. */
  beforeEach(async () => {
    machine = await makeMachine();
    folder = path.join(machine.folder, "controller");
    for (const { name } of hosts) {
      await mkdir(volume(name), { recursive: true });
      await writeFile(path.join(volume(name), "ssh_host_ed25519_key.pub"), `ssh-ed25519 KEY-OF-${name} lab\n`);
    }
    const rows = hosts.map(({ name }) => `echo ${name}-lib ${machine.folder}/${name}`).join("; ");
    await machine.podman(
      `case "$*" in *" ls "*) ${rows}; echo none-lib /none ;; *inspect*) name=\${5%-lib}; echo ${machine.folder}/$name ;; esac`,
    );
    await onController(bound(labKey("Make the key", { folder, state: "present" })).apply({ secret: false }));
  });
  afterEach(() => machine.remove());

  const access = () => bound(labAccess("Record the hosts' keys", { folder, hosts }));
  const settle = async (): Promise<void> => {
    const steps = access().apply(await ask(machine, access().needs()));
    await machine.sh(shellOf(steps));
    await onController(steps);
  };

  it("uses a key that only its owner can read", async () => {
    expect((await stat(path.join(folder, "id_ed25519"))).mode & 0o777).to.equal(0o600);
  });

  it("records the key that each host made itself", async () => {
    await settle();
    expect(await readFile(path.join(folder, "known_hosts"), "utf8")).to.equal(
      "10.0.0.11 ssh-ed25519 KEY-OF-one\n10.0.0.12 ssh-ed25519 KEY-OF-two\n",
    );
    expect(access().diff(await ask(machine, access().needs()))).to.deep.equal([]);
  });

  it("adds the controller's key on every host, and keeps the keys accepted before", async () => {
    await writeFile(path.join(volume("two"), "authorized_keys"), "ssh-ed25519 FRIEND friend\n");
    await settle();
    const own = (await readFile(path.join(folder, "id_ed25519.pub"), "utf8")).trim();
    expect(await readFile(path.join(volume("one"), "authorized_keys"), "utf8")).to.equal(`${own}\n`);
    expect(await readFile(path.join(volume("two"), "authorized_keys"), "utf8"))
      .to.contain("FRIEND")
      .and.to.contain(own);
  });

  it("restores known_hosts if it was lost", async () => {
    await settle();
    await writeFile(path.join(folder, "known_hosts"), "");
    expect(
      access()
        .diff(await ask(machine, access().needs()))
        .map(({ what }) => what),
    ).to.deep.equal(["known hosts"]);
  });

  it("fails with the host's name if a host has no key", async () => {
    await machine.sh(`rm ${volume("two")}/ssh_host_ed25519_key.pub`);
    const now = await ask(machine, access().needs());
    expect(() => access().apply(now)).to.throw("two has no host key: see podman exec two");
  });

  it("is removed with the lab: no key remains", async () => {
    await mkdir(path.join(folder, "registry"), { recursive: true });
    const gone = bound(labKey("Forget", { folder, state: "absent" }));
    await onController(gone.apply(await ask(machine, gone.needs())));
    expect(await ask(machine, gone.needs())).to.deep.equal({ secret: false, public: undefined });
    for (const name of ["known_hosts", "registry"]) expect(existsSync(path.join(folder, name)), name).to.equal(false);
  });

  it("is removed without a cluster's files in the same folder", async () => {
    await writeFile(path.join(folder, "admin.kubeconfig"), "");
    const gone = bound(labKey("Forget", { folder, state: "absent" }));
    await onController(gone.apply(await ask(machine, gone.needs())));
    expect(existsSync(path.join(folder, "admin.kubeconfig"))).to.equal(true);
  });

  it("gets a new key if half of the key pair is lost", async () => {
    const key = bound(labKey("Make the key", { folder, state: "present" }));
    await machine.sh(`rm ${folder}/id_ed25519`);
    const now = await ask(machine, key.needs());
    expect(key.diff(now)).to.have.length(1);
    await onController(key.apply(now));
    expect(key.diff(await ask(machine, key.needs()))).to.deep.equal([]);
  });
});
