import { expect } from "chai";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import {
  barrier,
  command,
  defineResource,
  defineRole,
  endHost,
  endPlay,
  file,
  play,
  playbook,
  queries,
  read,
  wait,
  type Task,
} from "kubeplay";
import { clear, folder, played, type Played, type Scene } from "./stage.ts";

/** A resource whose steps help nothing. */
const stubborn = defineResource({
  kind: "stubborn",
  label: ({ path }: { path: string }) => path,
  needs: ({ path }) => ({ now: queries.path(path) }),
  diff: ({ now }) => (now.type === "file" ? [] : [{ what: "type", before: now.type, after: "file" }]),
  apply: () => ["true"],
  forecast: () => ({}),
});

/** Commands of a role's author may have effects, although they must not: those of later tasks are not run ahead. */
describe("the commands of a task that is never reached", () => {
  const root = folder();
  const ran = path.join(root, "ran");
  const at = (name: string): string => path.join(root, name);
  beforeEach(() => rmSync(ran, { force: true }));
  after(clear);

  const mark = `touch '${ran}'`;
  const later: Record<string, () => Task> = {
    "a read": () => read("Read it", { run: mark }),
    "the unless of a command": () => command("Do it", { run: "true", unless: mark }),
    "the condition of a wait": () => wait("Wait for it", { until: mark }),
  };
  const before: Record<string, () => Task[]> = {
    "a failure": () => [command("Fail", { run: "exit 1" })],
    "a read that fails": () => [read("Fail", { run: "exit 1" })],
    "the end of its host": () => [endHost()],
    "the end of the play": () => [endPlay()],
    "a change that did not converge": () => [
      file("Write it", { dest: at("text"), content: String(Math.random()) }),
      stubborn("Try", { path: at("never") }),
    ],
  };
  const isPlayed = (tasks: readonly Task[], scene: Partial<Scene> = {}): Promise<Played> =>
    played({
      root,
      playbook: playbook([
        play({
          name: "All",
          hosts: "all",
          roles: [defineRole({ name: "all", description: "All.", vars: {}, tasks: () => tasks })],
        }),
      ]),
      ...scene,
    });

  for (const [what, task] of Object.entries(later)) {
    for (const [end, tasks] of Object.entries(before))
      it(`are not run: ${what}, after ${end}`, async () => {
        await isPlayed([file("Begin", { dest: at("begin"), content: String(Math.random()) }), ...tasks(), task()]);
        expect(existsSync(ran)).to.equal(false);
      });

    it(`are not run on a host that waits for others before it: ${what}`, async () => {
      const { code } = await isPlayed(
        [file("Begin", { dest: at("begin"), content: "x" }), barrier(), command("Fail", { run: "exit 1" }), task()],
        { hosts: ["a", "b"] },
      );
      expect(code).to.equal(2);
      expect(existsSync(ran)).to.equal(false);
    });

    it(`are run in their turn: ${what}`, async () => {
      const { code, terminal } = await isPlayed([file("Begin", { dest: at("begin"), content: "x" }), task()]);
      expect(code, terminal).to.equal(0);
      expect(existsSync(ran)).to.equal(true);
    });
  }

  it("are not run in a check that ends before", async () => {
    for (const task of Object.values(later)) {
      await isPlayed([endHost(), task()], { options: { check: true } });
      await isPlayed([read("Fail", { run: "exit 1" }), endPlay(), task()], { options: { check: true } });
    }
    expect(existsSync(ran)).to.equal(false);
  });
});
