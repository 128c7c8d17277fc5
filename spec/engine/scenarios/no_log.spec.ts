import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Type } from "typebox";
import { command, defineRole, file, type Item, play } from "kubeplay";
import { Secret } from "#engine/schema/secret.ts";
import { clear, folder, played } from "../../lib/engine/runner/stage.ts";
import { ansible, ansibleBin } from "../ansible.ts";
import { settings } from "./compare.ts";

const secret = "s3cr3t-of-the-spec";

/** Ansible marks tasks, kubeplay marks variables. Neither shows marked values, at any verbosity. */
describe("no_log, compared with ansible-playbook", () => {
  before(ansibleBin);
  after(clear);

  const cases: Readonly<Record<string, readonly [string, (secret: string, root: string) => Item]>> = {
    "of a command": ["shell: echo {{ secret }}", (word) => command("Say", { run: `echo ${word}` })],
    "of a command that fails": [
      "shell: echo {{ secret }} >&2; exit 1",
      (word) => command("Fail", { run: `echo ${word} >&2; exit 1` }),
    ],
    "of a file's content": [
      "copy: {dest: '{{ root }}/f', content: '{{ secret }}'}",
      (word, root) => file("Write", { dest: `${root}/f`, content: word }),
    ],
  };
  for (const [name, [module, task]] of Object.entries(cases))
    it(name, async () => {
      const root = folder();
      const playbook = `- hosts: all\n  tasks:\n    - ${module}\n      no_log: true\n`;
      writeFileSync(path.join(root, "site.yml"), playbook);
      writeFileSync(path.join(root, "vars.json"), JSON.stringify({ root, secret }));
      const args = ["-i", "a,", "-c", "local", "-D", "-vvvvv", "-e", "@vars.json", "site.yml"];
      const theirs = await ansible("ansible-playbook", args, { cwd: root, env: settings });
      const role = defineRole({
        name: "app",
        description: "",
        vars: { word: Secret(Type.String()) },
        tasks: ({ vars }) => [task(vars.word, root)],
      });
      const ours = await played({
        root,
        playbook: [play({ name: "Play", hosts: "all", roles: [role] })],
        vars: { word: secret },
        options: { diff: true },
      });
      expect(ours.code, theirs.stdout.replaceAll(secret, "SECRET")).to.equal(theirs.code);
      const told = readFileSync(path.join(ours.files, "events.jsonl"), "utf8");
      for (const output of [theirs.stdout + theirs.stderr, ours.terminal, told])
        expect(output.split(secret).length - 1, "occurrences of the secret").to.equal(0);
      expect(told).to.include("app");
    });
});
