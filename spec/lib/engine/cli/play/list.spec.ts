import { expect } from "chai";
import { defineRole, file, play, playbook } from "kubeplay";
import { list } from "#engine/cli/play/list.ts";
import { Mask } from "#engine/runner/index.ts";
import { clear, folder, inventoryOf, variablesOf } from "../../runner/stage.ts";

const app = defineRole({
  name: "app",
  description: "",
  vars: {},
  tasks: ({ host }) => [
    file(`Write ${host.name}`, { dest: "/x", content: "" }),
    file("Write more", { dest: "/y", content: "" }).tagged("slow"),
  ],
});
const site = playbook([
  play({ name: "First", hosts: "all", roles: [app] }),
  play({ name: "Second", hosts: "b", roles: [app] }),
]);

function listed(
  asked: Partial<Parameters<typeof list>[4]>,
  options: { limit?: string; tags?: string[] } = {},
): string[] {
  const inventory = inventoryOf(folder(), ["a", "b"]);
  const all = { tags: [], skipTags: [], check: false, diff: false, forks: 1, ...options };
  const flags = { listHosts: false, listTasks: false, listTags: false, ...asked };
  return list(site, inventory, variablesOf(site, inventory, all, new Mask()), all, flags);
}

describe("--list-hosts, --list-tasks and --list-tags", () => {
  after(clear);

  it("list the hosts of each play", () =>
    expect(listed({ listHosts: true })).to.deep.equal([
      "play #1 (all): First",
      "    a",
      "    b",
      "play #2 (b): Second",
      "    b",
    ]));

  it("leave out hosts outside of the limit, and the tasks of a play without hosts", () => {
    expect(listed({ listHosts: true, listTasks: true }, { limit: "a" })).to.deep.equal([
      "play #1 (all): First",
      "    a",
      "    app : Write a  TAGS: [app]",
      "    app : Write more  TAGS: [app, slow]",
      "play #2 (b): Second",
    ]);
  });

  it("list the tasks that the tags select, and their tags", () => {
    const [first, ...rest] = listed({ listTasks: true, listTags: true }, { tags: ["slow"] });
    expect(first).to.equal("play #1 (all): First");
    expect(rest.slice(0, 2)).to.deep.equal(["    app : Write more  TAGS: [app, slow]", "    TAGS: [app, slow]"]);
  });
});
