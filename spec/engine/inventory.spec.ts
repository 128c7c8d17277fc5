import { expect } from "chai";
import { inventoryText } from "#engine/cli/inventory/command.ts";
import { Mask } from "#engine/runner/events/mask.ts";
import { project, removeProjects } from "../lib/engine/inventory/project.ts";
import { ansible, ansibleBin } from "./ansible.ts";
import { inventories } from "./inventories.ts";

before(ansibleBin);
afterEach(removeProjects);

async function theirs(folder: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await ansible("ansible-inventory", ["-i", "hosts.yaml", ...args], { cwd: folder });
  expect(code, stderr).to.equal(0);
  return stdout.trimEnd();
}

const ours = async (folder: string, args: readonly string[]): Promise<string> =>
  (await inventoryText(["-i", "hosts.yaml", ...args], folder, new Mask())) ?? "";

describe("an inventory, compared with ansible-inventory", () => {
  for (const [name, files] of Object.entries(inventories)) {
    describe(name, () => {
      let folder = "";
      beforeEach(() => (folder = project(files)));

      it("--list", async () => {
        const expected: unknown = JSON.parse(await theirs(folder, ["--list"]));
        expect(JSON.parse(await ours(folder, ["--list"]))).to.deep.equal(expected);
      });
      it("--graph", async () => {
        expect(await ours(folder, ["--graph"])).to.equal(await theirs(folder, ["--graph"]));
      });
    });
  }
});
