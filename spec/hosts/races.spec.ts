import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { archive, binary, directory, file, line, link, quote, template, unit, user } from "kubeplay";
import { readOnly } from "#engine/connection/reader.ts";
import { evaluate } from "#engine/runner/execute/evaluate.ts";
import { runMode } from "#engine/runner/execute/mode.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import type { Task } from "#engine/tasks/task.ts";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { host, on } from "./lab/host.ts";

/** RACES=200 npm run spec:hosts -- -g 'while a local user' */
const races = Number(process.env.RACES ?? 20);
const seed = readFileSync(`${import.meta.dirname}/races/racer.pl`, "utf8");
const folder = "/home/kim/folder";
const dest = `${folder}/thing`;

/**
 * Root works in a folder of a local user, whose program swaps names for links to things of root's. A task may fail, but
 * nothing outside of that user's folders may change, and nothing of root's may become readable.
 */
describe("while a local user swaps names for links", function () {
  this.timeout(600_000);
  const role = temporaryFolder();

  before(async () => {
    for (const name of ["templates", "files", "in/app/deep"]) mkdirSync(`${role}/${name}`, { recursive: true });
    writeFileSync(`${role}/templates/a.hbs`, "{{n}}\n");
    for (const version of [0, 1]) {
      writeFileSync(`${role}/in/app/deep/file`, String(version));
      writeFileSync(`${role}/in/app/top`, String(version));
      execFileSync("tar", ["-cf", `${role}/files/${String(version)}.tar`, "-C", `${role}/in`, "app"]);
      writeFileSync(`${role}/files/${String(version)}.bin`, Buffer.alloc(100_000, version));
    }
    await on(
      `useradd --create-home --key HOME_MODE=0755 kim; printf %s ${quote(seed)} > /usr/local/bin/racer.pl
umask 077; mkdir -p /srv/victim/folder/deep /srv/victim/folder/app; echo secret > /srv/victim/file; echo secret > /srv/victim/folder/file
chmod 711 /srv/victim /srv/victim/folder`,
    );
  });
  after(() => on("userdel -r kim; rm -rf /srv/victim /usr/local/bin/racer.pl"));

  /** What must not change: names, permissions and contents of root's things, and that kim can read nothing of them. */
  const state = () =>
    on(`find /srv/victim -printf '%p %y %m %U %G %l\\n' | sort; find /srv/victim -type f -exec cat {} +
su kim -s /bin/sh -c 'grep -rls secret /home/kim'; :`);

  /** How often something changed, and what changed first. */
  async function hits(what: "names" | "parent", task: (n: number) => Task, prepare?: string) {
    await on(`rm -rf ${folder} ${folder}.*; install -d -o kim -g kim ${folder}`);
    const before = await state();
    await on(asKim(`perl /usr/local/bin/racer.pl ${what} ${folder} /srv/victim </dev/null >/dev/null 2>&1 &`));
    let count = 0;
    let first: string | undefined;
    for (let n = 0; n < races; n++) {
      if (prepare !== undefined) await (await host()).run(prepare);
      await done(task(n)).catch(() => undefined);
      const now = await state();
      if (now === before) continue;
      count++;
      first ??= `${before}became, after task ${String(n)}:\n${now}`;
      await on(
        `chown -R root:root /srv/victim; rm -rf /srv/victim/folder; umask 077; mkdir -p /srv/victim/folder/deep /srv/victim/folder/app
echo secret > /srv/victim/file; echo secret > /srv/victim/folder/file; chmod 600 /srv/victim/file; chmod 711 /srv/victim /srv/victim/folder`,
      );
    }
    await on(
      `touch ${folder}.stop; while pgrep -u kim perl >/dev/null; do sleep 0.1; done; rm -rf ${folder} ${folder}.*`,
    );
    return { count, first };
  }

  async function done({ does, props }: Task): Promise<void> {
    if (!("resource" in does)) throw new Error("an action has no desired state");
    const writer = await host();
    const located = (does.resource.locate?.(props, role) ?? props) as object;
    const states = new States(readOnly(writer), new Overlay(), new Overlay());
    const mode = runMode(writer);
    await evaluate(does.resource, located, {
      states,
      mode,
      progress: () => undefined,
      ahead: () => [],
      showBefore: false,
    });
  }

  const kim = { owner: "kim", group: "kim" };
  const asKim = (script: string) => `su kim -s /bin/sh -c ${quote(script)}`;
  const existing = asKim(`[ -L ${folder} ] || echo n=0 > ${dest}`);
  const tasks: readonly (readonly [string, (n: number) => Task, string?])[] = [
    ["file", (n) => file("f", { dest, content: `${String(n)}\n`, ...kim })],
    ["file from the controller", (n) => file("f", { dest, src: `${String(n % 2)}.bin`, mode: 0o4755, ...kim })],
    [
      "permissions of a file",
      (n) => file("f", { dest, content: "n=0\n", mode: n % 2 ? 0o666 : 0o644, ...kim }),
      existing,
    ],
    ["directory", (n) => directory("d", { path: dest, mode: n % 2 ? 0o777 : 0o755, ...kim })],
    ["directory with parents", () => directory("d", { path: `${dest}/deep/er`, mode: 0o777, ...kim })],
    ["removal of a directory", () => directory("d", { path: dest, state: "absent" }), asKim(`mkdir -p ${dest}/deep`)],
    ["template", (n) => template("t", { src: "a.hbs", dest, values: { n }, mode: 0o666, ...kim })],
    ["line", (n) => line("l", { path: dest, line: `n=${String(n)}`, match: "^n=", create: true }), existing],
    ["link", (n) => link("l", { dest, target: `/${String(n)}` })],
    ["binary", (n) => binary("b", { dest, src: `${String(n % 2)}.bin`, ...kim })],
    ["archive", (n) => archive("a", { dest, src: `${String(n % 2)}.tar` })],
    ["home of a user", () => user("u", { name: "lee", home: dest }), "userdel lee 2>/dev/null"],
    ["unit", (n) => unit("u", { name: "race.service", content: `[Service]\nExecStart=/bin/echo ${String(n)}\n` })],
  ];

  for (const [name, task, prepare] of tasks)
    for (const what of ["names", "parent"] as const)
      it(`${name}: nothing of root's changes (${what})`, async () => {
        const { count, first } = await hits(what, task, prepare);
        expect(count, first).to.equal(0);
      });
});
