import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Type } from "typebox";
import { command, defineRole, file, play, playbook } from "kubeplay";
import { Secret } from "#engine/schema/secret.ts";
import { clear, folder, played, type Played } from "../runner/stage.ts";

const read = (run: Played, name: string): string => readFileSync(path.join(run.files, name), "utf8");

describe("the files of a run", () => {
  after(clear);

  const site = (root: string) => {
    const app = defineRole({
      name: "app",
      description: "",
      vars: { app_token: Secret(Type.String({ description: "A token." })) },
      tasks: ({ vars }) => [
        file("Write it", { dest: `${root}/token`, content: `token = ${vars.app_token}\nmore\n` }),
        file("Leave it", { dest: `${root}/token`, content: `token = ${vars.app_token}\nmore\n` }),
        command("Say it", { run: `echo 'it is ${vars.app_token}' >&2; exit 1` }),
      ],
    });
    return playbook([play({ name: "Play", hosts: "all", roles: [app] })]);
  };
  const scene = (root: string) => ({ root, playbook: site(root), vars: { app_token: "the-token" } });

  it("are a summary with every change, and the log of all events", async () => {
    const root = folder();
    const run = await played(scene(root));
    const { id, seconds, ...summary } = JSON.parse(read(run, "summary.json")) as Record<string, unknown>;
    expect(id).to.be.a("string");
    expect(seconds).to.be.a("number");
    expect(summary).to.deep.equal({
      playbook: "spec",
      check: false,
      code: 2,
      hosts: { a: { ok: 2, changed: 1, unreachable: 0, failed: 1, skipped: 0, rescued: 0, ignored: 0 } },
      changes: [{ host: "a", play: "Play", role: "app", task: "Write it", kind: "file", what: `${root}/token` }],
    });
    const events = read(run, "events.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; at: string });
    expect(events.map(({ type }) => type)).to.deep.equal(run.events.map(({ type }) => type));
    expect(events.every(({ at }) => !Number.isNaN(Date.parse(at)))).to.equal(true);
  });

  it("show no secret in a diff, a failure or a label; nor does the terminal", async () => {
    const root = folder();
    const run = await played({ ...scene(root), options: { diff: true } });
    expect(readFileSync(`${root}/token`, "utf8")).to.include("the-token");
    expect(run.terminal).to.include("content: (secret) → (secret)").and.include("it is ********");
    for (const text of [run.terminal, read(run, "events.jsonl"), read(run, "summary.json")])
      expect(text).not.to.include("the-token");
  });
});
