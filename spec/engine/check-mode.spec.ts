import { expect } from "chai";
import { existsSync } from "node:fs";
import { connect } from "#engine/connection/connect.ts";
import { readOnly } from "#engine/connection/reader.ts";
import type { Writer } from "#engine/connection/types.ts";
import * as resources from "#engine/resources/index.ts";
import { defineRole, play, playbook } from "#engine/dsl/index.ts";
import { clear, folder, played } from "../lib/engine/runner/stage.ts";
import { everyTask, furnish, prepared } from "./every-task.ts";
import { on, target } from "./lab/host.ts";
import { projectIn } from "./lab/project.ts";

/**
 * Left out of a fingerprint, because a host that nobody touches changes them too:
 * - /proc, /sys, /dev: the kernel's, made up as they are read
 * - /run: what systemd, sshd and sudo note of sessions that begin and end, so of every connection
 * - the journal and the records of logins (wtmp, lastlog, btmp): a connection is a login
 * - /var/lib/systemd/timers and /var/lib/apt/daily_lock: timers note when they ran
 */
const left = [
  ...["/proc", "/sys", "/dev", "/run"],
  ...["/var/log/journal", "/var/log/wtmp", "/var/log/wtmp.db", "/var/log/btmp", "/var/log/lastlog", "/var/lib/wtmpdb"],
  ...["/var/lib/systemd/timers", "/var/lib/apt/daily_lock"],
];
const pruned = left.map((path) => `-path ${path}`).join(" -o ");
/** Type, mode, owner, size, time of change to the nanosecond, target; and the digest of each regular file. /tmp too. */
const fingerprint = `find / \\( ${pruned} \\) -prune -o -printf '%y %m %U:%G %s %T@ %p -> %l\\n' | LC_ALL=C sort
find / \\( ${pruned} \\) -prune -o -type f -print0 | xargs -0 sha256sum -- | LC_ALL=C sort -k 2`;

describe("check mode", function () {
  this.timeout(300_000);
  const root = folder();
  const inventory = () => projectIn(root, ["engine-1"]);
  const plays = () => {
    const role = defineRole({ name: "every", description: "", vars: {}, folder: root, tasks: () => everyTask(root) });
    return playbook([play({ name: "Everything", hosts: "all", roles: [role] })]);
  };
  const check = (connected?: (writer: Writer) => Writer) =>
    played({
      ...{ root, playbook: plays(), inventory: inventory(), options: { check: true, diff: true } },
      ...(connected && { connect: async (to) => connected(await connect(to)) }),
    });
  /** Compared line by line, so that what differs is told and not only that something does. */
  const differing = (before: string, after: string): string[] => {
    const [was, is] = [new Set(before.split("\n")), new Set(after.split("\n"))];
    return [...was].filter((line) => !is.has(line)).concat([...is].filter((line) => !was.has(line)));
  };

  before(() => {
    furnish(root);
    return on(
      "engine-1",
      `${prepared}\n{ [ -e /var/lib/kubeplay/apt-updated ] || apt-get -qq update; } && dpkg --purge hello >/dev/null 2>&1; apt-get install -qq -y tree >/dev/null`,
    );
  });
  after(clear);

  it("knows every kind of resource and action there is", () => {
    const kinds = new Set(
      everyTask(root).flatMap((task) => [task, ...task.handlers.flatMap(({ tasks }) => tasks)].map(({ does }) => does)),
    );
    const used = [...kinds].map((does) =>
      "resource" in does ? does.resource.kind : "action" in does ? does.action.kind : "",
    );
    // They work on the controller or on a cluster, and are compared with what is then done in specs of their own.
    // So is the restart of a host.
    const elsewhere = ["kubeconfig", "manifest", "manifests", "reboot"];
    const steering = ["barrier", "block", "endHost", "endPlay", "flushHandlers", "register"];
    const noKind = ["defineAction", "defineResource", "handler", "rollingHandler", ...steering];
    const names = Object.keys(resources).filter((name) => !noKind.includes(name) && !elsewhere.includes(name));
    expect(new Set(used).size).to.equal(names.length);
  });

  it("leaves a host's whole file system byte for byte as it was, and the controller's files too", async () => {
    const before = await on("engine-1", fingerprint);
    expect(before.split("\n")).to.have.length.greaterThan(10_000);
    const { code, terminal, changes, tasks } = await check();
    expect(code, terminal).to.equal(0);
    expect(tasks.filter(({ outcome }) => outcome === "ok").map(({ task }) => task)).to.deep.equal([
      ...["Load a module", "Wait for what is to come", "Read something"],
    ]);
    expect(changes).to.have.length.greaterThan(40);
    expect(differing(before, await on("engine-1", fingerprint))).to.deep.equal([]);
    expect(existsSync(`${root}/pki`), "keys on the controller").to.be.false;
  });

  it("would be found out by the fingerprint if it wrote one byte, or a time", async () => {
    const before = await on("engine-1", fingerprint);
    await on(
      "engine-1",
      "printf x | dd of=/srv/every/old-file conv=notrunc status=none && touch -r /etc/hostname /srv/every/old-file",
    );
    expect(differing(before, await on("engine-1", fingerprint)).join()).to.include("/srv/every/old-file");
    await on("engine-1", "echo old > /srv/every/old-file");
  });

  it("is given a connection from which no way leads to one that writes", async () => {
    const writer = await connect(target("engine-1"));
    const reader = readOnly(writer);
    const found = new Set<string>();
    for (
      let object: object | null = reader;
      object && object !== Object.prototype;
      object = Object.getPrototypeOf(object) as object | null
    )
      for (const name of Object.getOwnPropertyNames(object)) found.add(name);
    expect([...found].sort()).to.deep.equal(["close", "host", "read"]);
    await writer.close();
  });

  it("never calls what writes, on any connection that it made", async () => {
    const called: string[] = [];
    const { code } = await check((writer) => ({
      host: writer.host,
      read: (script, options) => writer.read(script, options),
      close: () => writer.close(),
      run: (script) => (called.push(script), Promise.reject(new Error("check mode writes"))),
      upload: ({ to }) => (called.push(to), Promise.reject(new Error("check mode writes"))),
    }));
    expect(code).to.equal(0);
    expect(called).to.deep.equal([]);
  });

  it("foretold what is then done, and after that there is nothing", async () => {
    const foretold = await check();
    const inventoryNow = inventory();
    const done = await played({ root, playbook: plays(), inventory: inventoryNow });
    expect(done.code, done.terminal).to.equal(0);
    expect(foretold.changes).to.deep.equal(done.changes);
    const again = await played({ root, playbook: plays(), inventory: inventoryNow });
    const always = ["Run always", "Restart it", "Reload it", "Have systemd read", "Run something"];
    expect(again.changes).to.deep.equal(always.map((name) => `engine-1: ${name}`));
  });
});
