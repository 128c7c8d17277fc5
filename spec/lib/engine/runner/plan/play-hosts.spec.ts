import { expect } from "chai";
import { command, defineRole, play, playbook } from "kubeplay";
import { clear, folder, played } from "../stage.ts";

describe("the hosts of a play", () => {
  after(clear);

  it("may be selected by a function of the inventory, and are narrowed by --limit as others", async () => {
    const touch = defineRole({
      name: "touch",
      description: "",
      vars: {},
      tasks: ({ host }) => [command("Touch it", { run: `touch ${root}/${host.name}` })],
    });
    const root = folder();
    const notB = play({
      name: "All but b",
      hosts: (inventory) => inventory.hosts.filter(({ name }) => name !== "b"),
      roles: [touch],
    });
    const changed = async (options: object) =>
      (await played({ root, playbook: playbook([notB]), hosts: ["a", "b", "c"], options })).changes;
    expect(await changed({})).to.have.members(["a: Touch it", "c: Touch it"]);
    expect(await changed({ limit: "b:c" })).to.deep.equal(["c: Touch it"]);
  });
});
