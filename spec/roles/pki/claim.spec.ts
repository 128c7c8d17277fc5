import { expect } from "chai";
import { loadInventory } from "#engine/inventory/load.ts";
import type { ClaimProps } from "#cluster/claim.ts";
import { pki } from "#roles/pki/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const claimed = (inventory: object): ClaimProps =>
  tasksOf(pki, { inventory, host: "localhost" })[0]?.props as ClaimProps;

describe("the first thing that the role pki does", () => {
  it("is to make sure that the cluster's folder is of this inventory", () => {
    expect(claimed({ masters: { hosts: hosts("cp-1") }, all: { vars: { cluster_name: "east" } } })).to.deep.equal({
      cluster: "east",
      madeFor: "hosts.yaml",
    });
  });

  it("tells the lab from machines that are written over it, into the same file", () => {
    const lab = { masters: { hosts: hosts("master-1") }, lab: { children: { masters: null } } };
    expect(claimed(lab).madeFor).to.equal("the lab in hosts.yaml");
  });
});

describe("the inventory as shipped", () => {
  it("names its cluster for the controller as for the hosts, and not as others are named by default", () => {
    const inventory = loadInventory({ file: "hosts.yaml", root: process.cwd() });
    for (const host of ["localhost", "master-1", "node-2"])
      expect(inventory.assignments(host).findLast(({ name }) => name === "cluster_name")?.value, host).to.equal("lab");
  });
});
