import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { Type } from "typebox";
import { defineRole, type Host, type Inventory, file } from "kubeplay";
import { loadInventory } from "#engine/inventory/load.ts";
import { asIfRemoved, leaving, staying, withoutHost } from "#cluster/removal.ts";
import { tasksOf } from "../../roles/tasks-of.ts";

const groups = {
  masters: { hosts: { "cp-1": null, "cp-2": null, "cp-3": null } },
  // A group may have the name of a host in another inventory: only hosts are meant.
  nodes: { hosts: { "worker-1": null } },
};

function inventoryWith(...extraVars: readonly string[]): Inventory {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-removal-"));
  try {
    const file = path.join(root, "hosts.yaml");
    writeFileSync(file, JSON.stringify(groups));
    return loadInventory({ file, root, extraVars });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const names = (hosts: readonly Host[]): string[] => hosts.map(({ name }) => name);

describe("the hosts of a removal", () => {
  it("are those that stay, and the one that leaves", () => {
    const inventory = inventoryWith("remove=cp-2");
    expect(names(staying("masters:nodes")(inventory))).to.deep.equal(["cp-1", "cp-3", "worker-1"]);
    expect(names(leaving(inventory))).to.deep.equal(["cp-2"]);
  });

  it("do not include a machine that is off, nor one that the inventory does not have", () => {
    expect(leaving(inventoryWith("remove=cp-2", "remove_unreachable=true"))).to.be.empty;
    expect(leaving(inventoryWith('{"remove": "cp-2", "remove_unreachable": true}'))).to.be.empty;
    const other = inventoryWith("remove=cp-9");
    expect(leaving(other)).to.be.empty;
    expect(staying("all")(other)).to.have.length(4);
  });

  it("are never those of a group", () => {
    const inventory = inventoryWith("remove=masters");
    expect(leaving(inventory)).to.be.empty;
    expect(staying("masters")(inventory)).to.have.length(3);
  });

  it("need a name", () =>
    expect(() => staying("all")(inventoryWith())).to.throw("npm run play -- -e remove=worker-3 remove"));
});

describe("an inventory that a host has left", () => {
  it("does not have it in any group", () => {
    const inventory = withoutHost(inventoryWith(), "cp-2");
    expect(names(inventory.group("masters"))).to.deep.equal(["cp-1", "cp-3"]);
    expect(names(inventory.hosts)).to.deep.equal(["cp-1", "cp-3", "worker-1"]);
    expect(names(inventory.select("masters:&all"))).to.deep.equal(["cp-1", "cp-3"]);
  });

  it("is what the tasks of a role see", () => {
    const role = asIfRemoved(
      defineRole({
        name: "list",
        description: "",
        vars: { where: Type.String({ default: "/a", description: "" }) },
        tasks: ({ vars, inventory }) => [
          file("Write it", { dest: vars.where, content: names(inventory.group("masters")).join() }),
        ],
      })
        .with({ where: "/b" })
        .tagged("t"),
    );
    const [task] = tasksOf(role, { inventory: groups, host: "cp-1", extraVars: ["remove=cp-2"] });
    expect(task?.props).to.include({ content: "cp-1,cp-3" });
    expect([role.fixed, role.tags]).to.deep.equal([{ where: "/b" }, ["t"]]);
  });
});
