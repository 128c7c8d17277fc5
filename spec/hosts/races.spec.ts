import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { archive, authorizedKeys, binary, blockInFile, copyTree, directory, file, getUrl, git, ini } from "kubeplay";
import { line, link, mount, packages, quote, replace, template, unit, user } from "kubeplay";
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

interface More {
  /** Before each try. */
  readonly prepare?: string;
  /** Before the first try, and to undo a hit. */
  readonly setUp?: string;
  /** The task is refused in such a folder, also while nobody swaps names. */
  readonly refused?: RegExp;
}
type Race = readonly [name: string, task: (n: number) => Task, more?: More];

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
      mkdirSync(`${role}/files/tree${String(version)}/app/deep`, { recursive: true });
      writeFileSync(`${role}/files/tree${String(version)}/app/deep/file`, String(version));
      writeFileSync(`${role}/files/tree${String(version)}/top-${String(version)}`, String(version));
    }
    await done(packages("p", { names: ["busybox", "curl", "git"] }));
    await on(
      `useradd --create-home --key HOME_MODE=0755 kim; useradd --no-create-home --home-dir ${folder} --non-unique --uid $(id -u kim) --gid kim kim-too
mkdir -p /srv/race/mount /srv/race/www && echo fetched > /srv/race/www/file && git init -q -b main /srv/race/repository && cd /srv/race/repository
for tag in v0 v1; do mkdir -p app/deep; echo $tag > app/deep/file; git add .; git -c user.name=a -c user.email=a@b commit -q -m $tag; git tag $tag; done
systemd-run --quiet --unit=race-www --working-directory=/srv/race/www busybox httpd -f -p 127.0.0.1:8473
for try in $(seq 300); do curl -s 127.0.0.1:8473 >/dev/null && break; sleep 0.2; done
printf %s ${quote(seed)} > /usr/local/bin/racer.pl
umask 077; mkdir -p /srv/victim/folder/deep /srv/victim/folder/app; echo secret > /srv/victim/file; echo secret > /srv/victim/folder/file
chmod 711 /srv/victim /srv/victim/folder`,
    );
  });
  after(() =>
    on(
      `systemctl stop race-www; sed -i '\\,${folder}\\|/srv/race,d' /etc/fstab; userdel kim-too; userdel -r kim; rm -rf /srv/victim /srv/race /usr/local/bin/racer.pl`,
    ),
  );

  /** What must not change: names, permissions, contents and mounts of root's things, and that kim can read none of them. */
  const state = () =>
    on(`grep victim /proc/self/mountinfo | cut -d ' ' -f 4-5; find /srv/victim -printf '%p %y %m %U %G %l\\n' | sort; find /srv/victim -type f -exec cat {} +
su kim -s /bin/sh -c 'grep -rls secret /home/kim'; :`);

  /** How often something changed, and what changed first. */
  async function hits(what: "names" | "parent", [, task, { prepare, setUp = "", refused } = {}]: Race) {
    await on(`rm -rf ${folder} ${folder}.*; install -d -o kim -g kim ${folder}; ${setUp}`);
    // Without the other program it is done: a task that always fails would never be in danger.
    if (prepare !== undefined) await on(`${prepare}; :`);
    const calm = await done(task(0)).then(() => "", String);
    expect(calm).to.match(refused ?? /^$/);
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
        `${unmounted("/srv/victim")}; chown -R root:root /srv/victim; rm -rf /srv/victim/folder; umask 077; mkdir -p /srv/victim/folder/deep /srv/victim/folder/app
echo secret > /srv/victim/file; echo secret > /srv/victim/folder/file; chmod 600 /srv/victim/file; chmod 711 /srv/victim /srv/victim/folder; ${setUp}`,
      );
    }
    await on(
      `touch ${folder}.stop; while pgrep -u kim perl >/dev/null; do sleep 0.1; done
${["/home/kim", "/srv/victim", "/srv/race"].map(unmounted).join("; ")}; rm -rf ${folder} ${folder}.* /srv/victim/folder/thing`,
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
  const unmounted = (at: string) =>
    `awk '$2 ~ "^${at}/" { print $2 }' /proc/self/mounts | sort -r | xargs -r -n 1 umount --lazy`;
  /** Both things that the name may lead to are mounts, and so is the name, which is mounted while the other program stands. */
  const victims = `for at in folder folder/thing; do mkdir -p /srv/victim/$at; mount -t tmpfs -o mode=0711 none /srv/victim/$at; done`;
  const mounted = `found=; for try in $(seq 50); do
  kill -STOP $(pgrep -u kim perl) 2>/dev/null
  [ -L ${folder} ] || [ ! -d ${folder} ] || { [ ! -L ${dest} ] || rm ${dest}; mkdir -p ${dest}; mountpoint -q ${dest} || mount -t tmpfs none ${dest}; found=yes; }
  kill -CONT $(pgrep -u kim perl) 2>/dev/null
  [ -z "$found" ] || break
done`;
  const key = (n: number) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)} ${String(n)}`;
  const openFolder = /others can swap .*: take their permission/;
  const tmpfs = { src: "tmpfs", type: "tmpfs" };
  const tasks: readonly Race[] = [
    ["file", (n) => file("f", { dest, content: `${String(n)}\n`, ...kim })],
    ["file from the controller", (n) => file("f", { dest, src: `${String(n % 2)}.bin`, mode: 0o4755, ...kim })],
    [
      "permissions of a file",
      (n) => file("f", { dest, content: "n=0\n", mode: n % 2 ? 0o666 : 0o644, ...kim }),
      { prepare: existing },
    ],
    ["directory", (n) => directory("d", { path: dest, mode: n % 2 ? 0o777 : 0o755, ...kim })],
    ["directory with parents", () => directory("d", { path: `${dest}/deep/er`, mode: 0o777, ...kim })],
    [
      "removal of a directory",
      () => directory("d", { path: dest, state: "absent" }),
      { prepare: asKim(`mkdir -p ${dest}/deep`) },
    ],
    ["template", (n) => template("t", { src: "a.hbs", dest, values: { n }, mode: 0o666, ...kim })],
    [
      "line",
      (n) => line("l", { path: dest, line: `n=${String(n)}`, match: "^n=", create: true }),
      { prepare: existing },
    ],
    ["link", (n) => link("l", { dest, target: `/${String(n)}` })],
    ["binary", (n) => binary("b", { dest, src: `${String(n % 2)}.bin`, ...kim })],
    ["archive", (n) => archive("a", { dest, src: `${String(n % 2)}.tar` })],
    [
      "home of a user",
      () => user("u", { name: "lee", home: dest }),
      { prepare: "userdel lee 2>/dev/null", refused: openFolder },
    ],
    ["tree", (n) => copyTree("c", { src: `tree${String(n % 2)}`, dest, purge: true, ...kim })],
    ["block", (n) => blockInFile("b", { path: dest, block: `n=${String(n)}`, create: true }), { prepare: existing }],
    ["option", (n) => ini("i", { path: dest, option: "n", value: n, create: true }), { prepare: existing }],
    [
      "replacement",
      (n) => replace("r", { path: dest, match: "^n=0$", with: `n=0${String(n)}` }),
      { prepare: existing },
    ],
    ["download", () => getUrl("g", { dest, url: "http://127.0.0.1:8473/file", mode: 0o666, ...kim })],
    ["checkout", (n) => git("g", { dest, repo: "/srv/race/repository", version: `v${String(n % 2)}`, force: true })],
    ["authorized keys", (n) => authorizedKeys("a", { user: "kim-too", keys: [key(n)] })],
    ["mount", () => mount("m", { path: dest, ...tmpfs }), { refused: openFolder }],
    [
      "mount of a folder",
      () => mount("m", { path: "/srv/race/mount", src: dest, type: "none", options: "bind" }),
      {
        prepare: `${unmounted("/srv/race")}; sed -i '\\,/srv/race,d' /etc/fstab; ${asKim(`mkdir -p ${dest}`)}`,
        refused: openFolder,
      },
    ],
    [
      "new options of a mount",
      (n) => mount("m", { path: dest, ...tmpfs, options: `mode=0777,size=${String(n + 1)}m` }),
      { prepare: mounted, setUp: victims, refused: openFolder },
    ],
    [
      "removal of a mount",
      () => mount("m", { path: dest, state: "absent" }),
      { prepare: mounted, setUp: victims, refused: openFolder },
    ],
    ["unit", (n) => unit("u", { name: "race.service", content: `[Service]\nExecStart=/bin/echo ${String(n)}\n` })],
  ];

  for (const race of tasks)
    for (const what of ["names", "parent"] as const)
      it(`${race[0]}: nothing of root's changes (${what})`, async () => {
        const { count, first } = await hits(what, race);
        expect(count, first).to.equal(0);
      });
});
