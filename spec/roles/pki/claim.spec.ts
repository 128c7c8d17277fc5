import { expect } from "chai";
import { loadInventory } from "#engine/inventory/load.ts";
import type { ClaimProps } from "#cluster/claim.ts";
import { pki } from "#roles/pki/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const claimed = (inventory: object): ClaimProps =>
  tasksOf(pki, { inventory, host: "localhost" })[0]?.props as ClaimProps;

describe("the first task of the role pki", () => {
  it("reserves the cluster's folder for this inventory", () => {
    expect(claimed({ masters: { hosts: hosts("cp-1") }, all: { vars: { cluster_name: "east" } } })).to.deep.equal({
      cluster: "east",
      madeFor: "hosts.yaml",
    });
  });

  it("distinguishes the lab from machines that replace it in the same file", () => {
    const lab = { masters: { hosts: hosts("master-1") }, lab: { children: { masters: null } } };
    expect(claimed(lab).madeFor).to.equal("the lab in hosts.yaml");
  });
});

describe("the inventory as shipped", () => {
  it("sets the same cluster name for the controller and the hosts, other than the default", () => {
    const inventory = loadInventory({ file: "hosts.yaml", root: process.cwd() });
    for (const host of ["localhost", "master-1", "node-2"])
      expect(inventory.assignments(host).findLast(({ name }) => name === "cluster_name")?.value, host).to.equal("lab");
  });
});
