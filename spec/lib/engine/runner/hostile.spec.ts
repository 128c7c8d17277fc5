import { expect } from "chai";
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { command, defineRole, file, handler, play, playbook, read, template, type Playbook } from "kubeplay";
import { always } from "../../../always.ts";
import { hostileBytes, hostileText, inherited } from "../../../hostile.ts";
import { clear, folder, played } from "./stage.ts";

interface Said {
  /** What a command of the host prints. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Names of a task and of a handler, as a role could make them of facts. */
  readonly task: string;
  readonly notified: string;
}

const said: fc.Arbitrary<Said> = fc.record({
  stdout: hostileBytes,
  stderr: hostileBytes,
  task: hostileText,
  notified: hostileText,
});

const prints = (bytes: Buffer): string => `printf %s ${bytes.toString("base64")} | base64 -d`;

function hostilePlaybook(root: string, { stdout, stderr, task, notified }: Said): Playbook {
  const role = defineRole({
    name: "role",
    description: "",
    vars: {},
    folder: root,
    tasks: ({ host }) => {
      const note = handler(notified, command(notified, { run: `echo noted > '${root}/${host.name}.noted'` }));
      const output = read(task, { run: prints(stdout) });
      const text = output.output.map((result) => result.stdout);
      return [
        output,
        file(task, { dest: `${root}/${host.name}.file`, content: text }).notify(note),
        template("Render it", {
          src: `${root}/t.hbs`,
          dest: `${root}/${host.name}.rendered`,
          values: text.map((value) => ({ value })),
        }),
        command(task, { run: `${prints(stderr)} >&2; exit 3` }).ignoreErrors(),
      ];
    },
  });
  return playbook([play({ name: "Play", hosts: "all", roles: [role] })]);
}

const obeyed = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("a run on hosts with hostile names that say hostile things", () => {
  after(clear);

  always(
    "does what was asked, keeps its records apart, and changes nothing the second time",
    said,
    async (all) => {
      const root = folder();
      writeFileSync(path.join(root, "t.hbs"), "{{{value}}}\n");
      const scene = { root, playbook: hostilePlaybook(root, all), hosts: inherited };
      const first = await played(scene);
      expect(first.code, first.terminal).to.equal(0);
      const text = all.stdout.toString("utf8");
      for (const host of inherited) {
        expect(readFileSync(path.join(root, `${host}.file`), "utf8")).to.equal(text);
        expect(readFileSync(path.join(root, `${host}.rendered`), "utf8")).to.equal(`${text}\n`);
        expect(existsSync(path.join(root, `${host}.noted`))).to.equal(true);
        expect(first.pending(host)).to.deep.equal([]);
      }
      expect(first.terminal.replaceAll(/\u001b\[\d+m/g, "")).not.to.match(obeyed);
      const summary = JSON.parse(readFileSync(path.join(first.files, "summary.json"), "utf8")) as { hosts: object };
      expect(Object.keys(summary.hosts)).to.have.members([...inherited]);
      const second = await played(scene);
      expect(second.changes.filter((change) => !change.endsWith(`: ${all.task}`))).to.deep.equal([]);
      const own = inherited.flatMap((host) => [`${host}.file`, `${host}.rendered`, `${host}.noted`]);
      expect(readdirSync(root)).to.have.members(
        [...own, "hosts.yaml", "t.hbs", "runs", "journal"].filter((name) => existsSync(path.join(root, name))),
      );
    },
    { runs: 8 },
  );
});
