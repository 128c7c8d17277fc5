import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { tasksIn } from "#engine/tasks/block.ts";
import { expect } from "chai";
import type { Inventory } from "#engine/inventory/types.ts";
import { asContainer } from "#roles/lab/host.ts";
import { lab } from "#roles/lab/index.ts";
import { bound, plain, shellOf } from "./helpers.ts";

const hosts = [{ name: "one", address: "10.0.0.11", groups: ["lab"] }];
const inventoryOf = (withLab: boolean): Inventory => ({
  file: "hosts.yaml",
  hosts,
  host: () => hosts[0]!,
  group: () => hosts,
  hasGroup: () => withLab,
  select: () => hosts,
  assignments: () => [],
});

const vars = {
  lab_state: "present",
  lab_snapshot: null,
  lab_driver: "container",
  lab_vm_architecture: undefined,
  lab_vm_memory: 2048,
  lab_vm_processors: 2,
  lab_vm_disk: 20,
  lab_network: "lab",
  lab_folder: "lab",
  lab_subnet: "10.0.0.0/24",
  lab_subnet_v6: undefined,
  lab_registry_address: "10.0.0.2",
} as const;

type Vars = Parameters<typeof lab.tasks>[0]["vars"];
const tasks = (changes: Partial<Vars>, withLab = true, cgroup: 1 | 2 = 2) =>
  tasksIn(
    lab.tasks({
      vars: { ...vars, ...changes },
      host: { name: "localhost", address: "localhost", groups: [] },
      inventory: inventoryOf(withLab),
      facts: { cgroup } as Parameters<typeof lab.tasks>[0]["facts"],
      varsOf: () => ({ ...vars, ...changes }),
      factsOf: () => undefined,
    }),
  );
const names = (changes: Partial<Vars>): string[] => tasks(changes).map(({ name }) => name);
const start = (changes: Partial<Vars>, cgroup: 1 | 2 = 2): string => {
  const task = tasks(changes, true, cgroup).find(({ name }) => name === "Start the hosts")!;
  return plain(shellOf(bound(task).apply({ all: [] })));
};

describe("the role lab", () => {
  it("gives masters more of the machine's processors than nodes", () => {
    const options = (group: string) => asContainer({ name: "h", address: "10.0.0.11", groups: [group] }, 2).options;
    expect(options("masters")).to.include("--cpu-shares");
    expect(options("nodes")).not.to.include("--cpu-shares");
  });

  it("has no tasks if the inventory has no group lab", () => {
    expect(tasks({}, false)).to.deep.equal([]);
    expect(tasks({ lab_state: "absent" }, false)).to.deep.equal([]);
  });

  it("removes the hosts before their network, and installs nothing for that", () => {
    expect(names({ lab_state: "absent" })).to.deep.equal([
      "Remove the hosts",
      "Remove their snapshots",
      "Remove the network",
      "Forget the hosts' keys",
    ]);
  });

  it("starts systemd with cgroup v1 only if the machine has it", () => {
    expect(start({}, 1)).to.contain("systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1");
    expect(start({})).not.to.contain("unified_cgroup_hierarchy");
  });

  it("gives each host a disk of its own for /var/lib", () => {
    expect(start({})).to.contain("--volume one-lib:/var/lib:suid,dev,exec");
  });

  it("gives hosts an IPv6 address with the end of their IPv4 address, if the lab has an IPv6 subnet", () => {
    expect(start({ lab_subnet_v6: "fd00:10::/64" }))
      .to.contain("--ip 10.0.0.11 ")
      .and.to.contain("--ip6 fd00:10::11 ");
    expect(start({})).not.to.contain("--ip6");
    const make = tasks({ lab_subnet_v6: "fd00:10::/64" }).find(({ name }) => name === "Make the network")!;
    expect(plain(shellOf(bound(make).apply({ exists: false })))).to.equal(
      "podman network create --disable-dns --subnet 10.0.0.0/24 --ipv6 --subnet fd00:10::/64 lab",
    );
  });

  it("only stops the hosts if lab_state is stopped", () => {
    expect(names({ lab_state: "stopped" })).to.deep.equal(["Stop the hosts"]);
  });

  it("makes a host with lab_driver vm a virtual machine of the given size", () => {
    const vm = { lab_driver: "vm", lab_vm_memory: 4096, lab_vm_processors: 3, lab_vm_disk: 9 } as const;
    expect(names(vm)).to.include("Make the virtual machines' disk");
    expect(start(vm)).to.match(
      /kubeplay\.driver=vm .*\/seed:ro .*\/usr\/local\/sbin\/lab-vm 4096 3 9 (amd64|arm64)\n?/,
    );
    expect(names({})).not.to.include("Make the virtual machines' disk");
  });

  it("installs an emulator for a virtual machine of another architecture", () => {
    const other = ownArchitecture === "arm64" ? "amd64" : "arm64";
    const vm = { lab_driver: "vm", lab_vm_architecture: other } as const;
    expect(names(vm)).to.include(`Enable ${other} programs and their compiler`);
    expect(start(vm)).to.match(new RegExp(`lab-vm 2048 2 20 ${other}`));
    expect(names({ lab_driver: "vm" })).not.to.include(`Enable ${other} programs and their compiler`);
  });

  it("requires the name of the snapshot to save or restore", () => {
    expect(() => tasks({ lab_state: "saved" })).to.throw("no snapshot is named: set -e lab_snapshot=NAME");
    expect(names({ lab_state: "restored", lab_snapshot: "bare" })).to.include("Restore the hosts");
  });
});
