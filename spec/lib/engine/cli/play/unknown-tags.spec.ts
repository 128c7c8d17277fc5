import { expect } from "chai";
import { defineRole, file, play, playbook as book } from "kubeplay";
import { unknownTags } from "#engine/cli/play/unknown-tags.ts";
import { Mask } from "#engine/runner/index.ts";
import { clear, folder, inventoryOf, variablesOf } from "../../runner/stage.ts";

const app = defineRole({
  name: "app",
  description: "",
  vars: {},
  tasks: ({ host }) => [
    file("Write", { dest: "/x", content: "" }).tagged("slow"),
    file("Reset", { dest: "/y", content: "" }).tagged("reset", "never"),
    ...(host.name === "b" ? [file("Write more", { dest: "/z", content: "" }).tagged("only-b")] : []),
  ],
});
const playbook = book([play({ name: "First", hosts: "all", roles: [app], tags: ["first"] })]);

function unknown(tags: readonly string[], skipTags: readonly string[] = []): string[] {
  const inventory = inventoryOf(folder(), ["a", "b"]);
  const variables = variablesOf(playbook, inventory, {}, new Mask());
  return unknownTags({ playbook, inventory, variables }, { tags: [...tags], skipTags: [...skipTags] });
}

describe("tags that no task has", () => {
  after(clear);

  it("are reported with the nearest known tag", () => {
    expect(unknown(["slwo"], ["logs"])).to.deep.equal([
      'No task of these hosts has the tag "slwo"; did you mean "slow"?',
      'No task of these hosts has the tag "logs": see --list-tags',
    ]);
  });

  it("exclude the tags of a role, of a play, of a task on one host, and of a task that must be requested", () => {
    expect(unknown(["app", "first", "slow", "only-b", "reset"], ["never"])).to.deep.equal([]);
    expect(unknown(["all", "tagged", "untagged"], ["always"])).to.deep.equal([]);
  });
});
