import { expect } from "chai";
import { existsSync } from "node:fs";
import { command, defineRole, play, playbook, type Role } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import { UnreachableError } from "#engine/errors.ts";
import { clear, folder, played } from "../stage.ts";

const roleNamed = (name: string, tasks: Role["tasks"]): Role => defineRole({ name, description: "", vars: {}, tasks });

describe("plays that tags leave nothing of", () => {
  after(clear);

  /** One play on a host that nobody answers for, one on the controller. */
  const scene = (root: string, onController: Role, tags: readonly string[]) => {
    const onHosts = roleNamed("hosts", ({ facts }) => [
      command("Touch the host", { run: `touch ${root}/${facts.architecture}` }),
      command("Touch it once more", { run: `touch ${root}/more` }).tagged("more"),
    ]);
    return played({
      root,
      playbook: playbook([
        play({ name: "Hosts", hosts: "lost", roles: [onHosts] }),
        play({ name: "Controller", hosts: "a", roles: [onController] }),
      ]),
      hosts: ["a", "lost"],
      connect: (target) =>
        target.name === "lost" ? Promise.reject(new UnreachableError("lost", "no route to host")) : connect(target),
      options: { tags },
    });
  };
  const making = (root: string) => roleNamed("making", () => [command("Make it", { run: `touch ${root}/made` })]);

  it("connect to none of their hosts", async () => {
    const root = folder();
    const { code, events, changes } = await scene(root, making(root), ["making"]);
    expect(code).to.equal(0);
    expect(changes).to.deep.equal(["a: Make it"]);
    expect(existsSync(`${root}/made`)).to.equal(true);
    const started = events.flatMap((event) => (event.type === "play started" ? [event.play] : []));
    expect(started).to.deep.equal(["Controller"]);
  });

  for (const tags of [["hosts"], ["more"], ["all"], []])
    it(`are none with --tags [${tags.join(" ")}], which a role or a task of the hosts has`, async () => {
      const root = folder();
      const { code, events } = await scene(root, making(root), tags);
      expect(code).to.equal(4);
      expect(events.some(({ type }) => type === "unreachable")).to.equal(true);
    });

  it("reach their hosts if a later play reads the facts of these", async () => {
    const root = folder();
    const looking = roleNamed("looking", ({ inventory, factsOf }) => [
      command("Look", { run: `echo ${factsOf(inventory.host("lost"))?.kernel ?? "nothing"} > ${root}/seen` }),
    ]);
    expect((await scene(root, looking, ["looking"])).code).to.equal(4);
  });
});
