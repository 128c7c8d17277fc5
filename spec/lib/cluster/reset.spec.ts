import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { loadInventory } from "#engine/inventory/load.ts";
import { mastersThatStay, resetHosts } from "#cluster/reset.ts";

const groups = {
  masters: { hosts: { "cp-1": null, "cp-2": null, "cp-3": null } },
  nodes: { hosts: { "w-1": null } },
};

function inventoryWith(...extraVars: readonly string[]) {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-reset-"));
  try {
    const file = path.join(root, "hosts.yaml");
    writeFileSync(file, JSON.stringify(groups));
    return loadInventory({ file, root, extraVars });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const names = (hosts: readonly { readonly name: string }[]): string[] => hosts.map(({ name }) => name);

describe("the hosts of a reset", () => {
  it("are those that the run names", () => {
    expect(names(resetHosts(inventoryWith("reset=w-1")))).to.deep.equal(["w-1"]);
    expect(names(resetHosts(inventoryWith('{"reset": "w-1, cp-2"}')))).to.deep.equal(["cp-2", "w-1"]);
    expect(names(mastersThatStay(inventoryWith("reset=w-1,cp-2")))).to.deep.equal(["cp-1", "cp-3"]);
  });

  it("must be named", () => {
    for (const given of [[], ["reset="], ['{"reset": " , "}'], ['{"reset": ["w-1"]}']])
      expect(() => resetHosts(inventoryWith(...given))).to.throw("npm run play -- -e reset=worker-3 reset");
  });

  it("must be in the inventory, and are never those of a group or the controller", () => {
    for (const name of ["w-9", "nodes", "all", "localhost", "w-1,w-9", "*"])
      expect(() => resetHosts(inventoryWith(`reset=${name}`)), name).to.throw(/expected a host of the inventory: cp-1/);
  });
});
