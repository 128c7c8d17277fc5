import { expect } from "chai";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { playHosts } from "#engine/runner/index.ts";
import lab from "#playbooks/lab.ts";

const localhost = { name: "localhost", address: "localhost", groups: [] };
const inventory = (hosts: number): LoadedInventory => ({
  file: "hosts.yaml",
  hosts: [],
  host: () => localhost,
  group: () => Array.from({ length: hosts }, () => localhost),
  hasGroup: () => true,
  notices: [],
  groups: new Map(),
  with: () => inventory(hosts),
  select: () => [localhost],
  assignments: () => [],
  target: () => {
    throw new Error("no host is connected");
  },
});

describe("the playbook lab", () => {
  it("does not become root on the controller if there are no lab hosts", () => {
    const hosts = (count: number) => lab.flatMap((play) => playHosts(play, inventory(count), undefined));
    expect(hosts(0)).to.deep.equal([]);
    expect(hosts(5)).to.have.length(lab.length);
  });
});
