import { tasksIn } from "#lib/resources/block.ts";
import { expect } from "chai";
import type { Inventory } from "#lib/inventory/types.ts";
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
  lab_network: "lab",
  lab_folder: "lab",
  lab_subnet: "10.0.0.0/24",
  lab_registry_address: "10.0.0.2",
} as const;

const tasks = (state: "present" | "absent", withLab = true, cgroup: 1 | 2 = 2) =>
  tasksIn(
    lab.tasks({
      vars: { ...vars, lab_state: state },
      host: { name: "localhost", address: "localhost", groups: [] },
      inventory: inventoryOf(withLab),
      facts: { cgroup } as Parameters<typeof lab.tasks>[0]["facts"],
      varsOf: () => vars,
      factsOf: () => undefined,
    }),
  );
const start = (cgroup: 1 | 2): string => {
  const task = tasks("present", true, cgroup).find(({ name }) => name === "Start the hosts")!;
  return plain(shellOf(bound(task).apply({ all: [] })));
};

describe("the role lab", () => {
  it("has nothing to do where the inventory has no group lab", () => {
    expect(tasks("present", false)).to.deep.equal([]);
    expect(tasks("absent", false)).to.deep.equal([]);
  });

  it("takes the hosts away before their network, and installs nothing for it", () => {
    expect(tasks("absent").map(({ name }) => name)).to.deep.equal([
      "Remove the hosts",
      "Remove the network",
      "Forget the hosts' keys",
    ]);
  });

  it("tells systemd of cgroup v1 where the machine has it, and only there", () => {
    expect(start(1)).to.contain("systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1");
    expect(start(2)).not.to.contain("unified_cgroup_hierarchy");
  });

  it("gives each host a disk of its own for /var/lib", () => {
    expect(start(2)).to.contain("--volume one-lib:/var/lib:suid,dev,exec");
  });
});
