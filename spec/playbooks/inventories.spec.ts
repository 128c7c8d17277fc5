import { readdirSync } from "node:fs";
import { expect } from "chai";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { contains } from "#engine/schema/cidr.ts";
import { labVariables } from "#roles/lab/variables.ts";
import { defaultsOf } from "../roles/setting.ts";

const root = process.cwd();
const files = readdirSync(root).filter((name) => /^hosts.*\.yaml$/.test(name));
const load = (file: string): LoadedInventory => loadInventory({ file, root });
const valueOf = (inventory: LoadedInventory, host: string, name: string): unknown =>
  inventory
    .assignments(host)
    .filter((one) => one.name === name)
    .at(-1)?.value;
const defaults = defaultsOf(labVariables);
const ofLab = (inventory: LoadedInventory, name: keyof typeof labVariables): string =>
  String(valueOf(inventory, "localhost", name) ?? defaults[name]);

for (const file of files)
  describe(`the lab of ${file}`, () => {
    const inventory = load(file);

    it("has its hosts and its registry in its own subnet", () => {
      const subnet = ofLab(inventory, "lab_subnet");
      for (const { address } of inventory.hosts) expect(contains(subnet, address), address).to.equal(true);
      expect(contains(subnet, ofLab(inventory, "lab_registry_address"))).to.equal(true);
    });

    it("uses the keys that it makes, and its hosts get images from its own registry", () => {
      const registry = `${ofLab(inventory, "lab_registry_address")}:5000`;
      for (const { name } of inventory.hosts) {
        const value = (variable: string) => valueOf(inventory, name, variable);
        expect(value("ansible_ssh_private_key_file")).to.equal(`${ofLab(inventory, "lab_folder")}/id_ed25519`);
        expect(value("ansible_ssh_known_hosts_file")).to.equal(`${ofLab(inventory, "lab_folder")}/known_hosts`);
        expect(value("images_registry")).to.equal(registry);
        for (const { endpoints } of value("containerd_mirrors") as { endpoints: string[] }[])
          expect(endpoints).to.deep.equal([`http://${registry}`]);
      }
    });
  });

describe("the small lab", () => {
  it("can run beside the other lab: the two share no name and no address", () => {
    const [small, usual] = [load("hosts.small.yaml"), load("hosts.yaml")];
    const names = usual.hosts.map(({ name }) => name);
    for (const { name } of small.hosts) expect(names).not.to.include(name);
    for (const name of ["lab_network", "lab_subnet", "lab_folder", "lab_registry_address"] as const)
      expect(ofLab(small, name), name).not.to.equal(ofLab(usual, name));
    const cluster = (inventory: LoadedInventory) => valueOf(inventory, "localhost", "cluster_name");
    expect(cluster(small)).not.to.equal(cluster(usual));
  });
});
