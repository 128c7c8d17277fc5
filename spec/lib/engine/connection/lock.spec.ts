import { expect } from "chai";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit } from "#engine/connection/channel.ts";
import type { HostConnection } from "#engine/connection/host-connection.ts";
import { connectLocal } from "#engine/connection/local.ts";
import { tryLock, waitForLock, watch, type LockPlace, type NotTaken, type Waiting } from "#engine/connection/lock.ts";
import { freeScript, takeScript, watchScript, type WantedLock } from "#engine/connection/lock-script.ts";
import { Session } from "#engine/connection/session.ts";
import { quote } from "#engine/shell/quote.ts";
import { until } from "../../../until.ts";
import { temporaryFolder } from "../temporary.ts";

describe("a lock", () => {
  const folder = temporaryFolder();
  const opened: HostConnection[] = [];
  let count = 0;
  let file: string;

  beforeEach(() => (file = path.join(folder, `lock-${String(++count)}`)));
  afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

  const connection = (): HostConnection => {
    const made = connectLocal({ name: "here", connectTimeout: 10 });
    opened.push(made);
    return made;
  };
  const place = (holder: string, writer = connection(), change: Partial<LockPlace> = {}): LockPlace => ({
    name: "here",
    writer,
    wanted: { holder, file },
    seen: "",
    ...change,
  });
  const seen = (): string => readFileSync(file, "utf8").trimEnd();
  const taken = async (where: LockPlace, options: Partial<WantedLock> = {}) => {
    const tried = await tryLock(where, options);
    if (!tried.taken) throw new Error(`it is locked by ${tried.by}`);
    return tried;
  };
  const refused = async (where: LockPlace): Promise<NotTaken> => {
    const tried = await tryLock(where);
    if (tried.taken) throw new Error("it was taken");
    return tried;
  };
  const waiting = (change: Partial<Waiting> = {}): Waiting => ({
    until: Date.now() + 10_000,
    waiting: () => undefined,
    beside: () => undefined,
    stopping: () => false,
    ...change,
  });
  const errorOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  it("names its holder to another run, and is free when it was given back", async () => {
    const first = place("me@here, run 1");
    await taken(first);
    expect(first.writer.lockState).to.equal("held");
    expect(await refused(place("you"))).to.deep.equal({ taken: false, by: "me@here, run 1", isUnsure: false });
    await first.writer.unlock?.();
    expect(first.writer.lockState).to.equal("none");
    await taken(place("you"));
  });

  it("is shared by all shells of a run, and free after the last", async () => {
    const [one, two] = [place("me"), place("me")];
    await taken(one);
    await taken(two);
    await one.writer.unlock?.();
    await refused(place("you"));
    await two.writer.unlock?.();
    await taken(place("you"));
  });

  it("stays with a command that outlives its run, but not with a program that the command leaves running", async () => {
    const writer = connection();
    await taken(place("me", writer));
    await writer.run(`sleep 30 >/dev/null 2>&1 & echo $! > ${quote(`${file}.pid`)}`);
    const command = writer.run(`touch ${quote(`${file}.begun`)}; sleep 1`).catch(() => undefined);
    await connection().run(`until [ -e ${quote(`${file}.begun`)} ]; do sleep 0.02; done`);
    void writer.close();
    await refused(place("you"));
    await command;
    const you = place("you");
    await waitForLock(
      you,
      await refused(you).catch((): NotTaken => ({ taken: false, by: "", isUnsure: false })),
      waiting(),
    );
    expect((await connection().run(`kill $(cat ${quote(`${file}.pid`)})`)).code, "it still runs").to.equal(0);
  });

  it("tells whether another run had it since this one looked", async () => {
    const first = place("me");
    expect((await taken(first)).othersWereAtWork, "nobody ever").to.equal(false);
    await first.writer.unlock?.();
    const before = seen();
    const second = place("you", connection(), { seen: before });
    expect((await taken(second)).othersWereAtWork, "nobody since").to.equal(false);
    await second.writer.unlock?.();
    expect((await taken(place("them", connection(), { seen: before }))).othersWereAtWork).to.equal(true);
  });

  it("tells that another run was at work if that was killed", async () => {
    writeFileSync(file, "held somebody\n");
    expect((await taken(place("me", connection(), { seen: seen() }))).othersWereAtWork).to.equal(true);
  });

  it("is waited for, and others were at work then", async () => {
    const first = place("me");
    await taken(first);
    const told: string[] = [];
    const second = place("you");
    const waits = waitForLock(
      second,
      await refused(second),
      waiting({
        waiting: (by) => {
          told.push(by);
          void first.writer.unlock?.();
        },
      }),
    );
    expect((await waits).othersWereAtWork).to.equal(true);
    expect([...new Set(told)]).to.deep.equal(["me"]);
  });

  it("is given up when the time is over, or the run is interrupted", async () => {
    await taken(place("me"));
    const other = place("you");
    const first = await refused(other);
    const over = waitForLock(other, first, waiting({ until: Date.now() }));
    expect(await errorOf(over)).to.match(/^here is locked by me, and .*--lock-timeout/);
    const interrupted = waitForLock(other, first, waiting({ stopping: () => true }));
    expect(await errorOf(interrupted)).to.include("the run was interrupted while it waited");
  });

  it("is lost with the shell that holds it", async () => {
    const one = place("me");
    const { pid } = await taken(one);
    process.kill(pid, "SIGKILL");
    await errorOf(one.writer.run("true"));
    expect(one.writer.lockState).to.equal("lost");
    await taken(place("you"));
  });

  it("is taken again after a command that hung and was killed", async () => {
    const one = place("me");
    await taken(one);
    await errorOf(one.writer.run("sleep 20", { timeout: 0.2 }));
    expect(one.writer.lockState).to.equal("none");
    await taken(one, { wait: 5 });
  });

  it("stays until a command that was given up has really ended", async () => {
    const one = place("me");
    await taken(one);
    const ended = quote(`${file}.ended`);
    const work = `trap "" TERM; sleep 1.5; touch ${ended}`;
    expect(await errorOf(one.writer.run(`sh -c ${quote(work)}; true`, { timeout: 0.3 }))).to.include("was given up");
    const you = place("you");
    await you.writer.run("sleep 0.5");
    await waitForLock(you, await refused(you), waiting());
    expect((await you.writer.run(`[ -e ${ended} ]`)).code).to.equal(0);
  });

  it("says why it cannot be taken", async () => {
    mkdirSync(file, { recursive: true });
    expect(await errorOf(tryLock(place("me")))).to.match(/the lock on here could not be taken: .*irectory/);
  });

  it("is not waited for longer than three times ansible_ssh_timeout on a host that is frozen", async () => {
    const frozen = connectLocal({ name: "here", connectTimeout: 1 });
    opened.push(frozen);
    await frozen.run("(sleep 0.2; kill -STOP $$) >/dev/null 2>&1 &");
    await sleep(500);
    const began = Date.now();
    expect(await errorOf(tryLock(place("me", frozen)))).to.include("did not end within 3 seconds");
    expect(Date.now() - began).to.be.at.least(2900);
  });

  it("is held by a sign of another run, whatever else has such a name", async () => {
    const root = path.join(folder, "root");
    const { pid, getuid } = process;
    const [, start = ""] = /\) (?:\S+ ){19}(\d+)/.exec(readFileSync("/proc/self/stat", "utf8")) ?? [];
    for (const signs of ["run/lock", "tmp"]) {
      mkdirSync(path.join(root, signs), { recursive: true });
      writeFileSync(path.join(root, signs, "kubeplay.0"), "");
    }
    symlinkSync(`${start} you`, path.join(root, "tmp", `kubeplay.${String(getuid?.())}.${String(pid)}.1`));
    const script = takeScript({ holder: "me" }).replaceAll(/\/(?:run|tmp)\b/g, ".$&");
    expect((await connection().run(`cd ${quote(root)}; ${script}`)).stdout).to.equal("held you\n");
  });

  it("is free of a run that has ended, although its parent has never asked for its exit code", async () => {
    const root = path.join(folder, "ended");
    mkdirSync(path.join(root, "tmp"), { recursive: true });
    // It ends once its parent is a program that asks for no exit code.
    const child = `until [ "$(cat /proc/$$/comm)" = sleep ]; do :; done`;
    const parent = spawn("sh", ["-c", `( ${child} ) & echo $!; exec sleep 1000`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
      const stat = () => readFileSync(`/proc/${line}/stat`, "utf8");
      await until("the child has ended", () => stat().includes(") Z "));
      const [, start = ""] = /\) (?:\S+ ){19}(\d+)/.exec(stat()) ?? [];
      symlinkSync(`${start} you`, path.join(root, "tmp", `kubeplay.0.${line}.1`));
      const script = takeScript({ holder: "me" }).replaceAll(/\/(?:run|tmp)\b/g, ".$&");
      expect(
        (await connection().run(`mkdir -p ${quote(root)}/run/lock; cd ${quote(root)}; ${script}`)).stdout,
      ).to.match(/^taken /);
    } finally {
      parent.kill("SIGKILL");
    }
  });

  describe("of a streamed file", () => {
    const content = Buffer.alloc(100 * 1024, "x");
    const upload = (validate: string) => ({ content: { bytes: content }, to: `${file}.large`, mode: 0o644, validate });

    it("lets it be put in place while the run has it", async () => {
      const one = place("me");
      await taken(one);
      await one.writer.upload(upload("test -s %s"));
      expect(readFileSync(`${file}.large`)).to.deep.equal(content);
    });

    it("keeps it from being put in place once another run has it", async () => {
      const one = place("me");
      const { pid } = await taken(one);
      const begun = quote(`${file}.begun`);
      const go = quote(`${file}.go`);
      const uploading = errorOf(
        one.writer.upload(upload(`touch ${begun}; until [ -e ${go} ]; do sleep 0.02; done; test -s %s`)),
      );
      const other = connection();
      await other.run(`until [ -e ${begun} ]; do sleep 0.02; done`);
      process.kill(pid, "SIGKILL");
      await taken(place("you", other), { wait: 5 });
      await other.run(`touch ${go}`);
      expect(await uploading).to.include("the run has lost its lock");
      const { code } = await other.run(`[ ! -e ${quote(`${file}.large`)} ]`);
      expect(code).to.equal(0);
    });
  });

  describe("between the shells of several users", () => {
    let root: string;
    const shells: Session[] = [];

    before(function () {
      if (process.getuid?.() !== 0) {
        console.log("      skipped: only root can start shells of other users");
        this.skip();
      }
    });
    beforeEach(() => {
      root = `${file}.host`;
      for (const each of ["run/lock", "tmp"]) {
        mkdirSync(path.join(root, each), { recursive: true });
        chmodSync(path.join(root, each), 0o1777);
      }
      for (const each of [folder, root, path.join(root, "run")]) chmodSync(each, 0o755);
    });
    afterEach(() => Promise.all(shells.splice(0).map((one) => one.close())));

    const shellOf = (user: number): Session => {
      const { stdin, stdout, stderr, ...child } = spawn(
        "setpriv",
        ["--reuid", String(user), "--regid", String(user), "--clear-groups", "sh"],
        { cwd: "/" },
      );
      const closed = new Promise<Exit>((resolve) => stdout.once("close", () => resolve({})));
      const shell = new Session("here", { stdin, stdout, stderr, closed, kill: () => process.kill(child.pid ?? 0) });
      shells.push(shell);
      return shell;
    };
    /** Where the places of the lock are in a folder of the spec. */
    const script = (of: string): string => `cd ${quote(root)}; ${of.replaceAll(/\/(?:run|tmp)\b/g, ".$&")}`;
    const take = async (shell: Session, wanted: WantedLock): Promise<string> =>
      (await shell.runInShell(script(takeScript(wanted)))).stdout.trim();
    const free = (shell: Session) => shell.runInShell(script(freeScript));
    const pidOf = (taken: string): number => Number(/^taken (\d+)/.exec(taken)?.[1]);

    it("lets root's follow an ordinary user's of the same run, although another root waits for that", async () => {
      const [kim, mine, yours] = [1500, 0, 0].map(shellOf) as [Session, Session, Session];
      const joins = pidOf(await take(kim, { holder: "me" }));
      expect(await take(yours, { holder: "you" })).to.equal("beside me (so says user 1500)");
      expect(await take(mine, { holder: "me", joins })).to.match(/^taken \d+/);
      expect(await take(yours, { holder: "you" })).to.equal("held me");
      await free(mine);
      await free(kim);
      expect(await take(yours, { holder: "you" })).to.match(/^taken \d+/);
    });

    it("lets another ordinary user's follow, although another run waits", async () => {
      const [kim, jo, ann, yours] = [1500, 1501, 1502, 0].map(shellOf) as [Session, Session, Session, Session];
      const joins = pidOf(await take(kim, { holder: "me" }));
      expect(await take(ann, { holder: "she" })).to.match(/^beside me/);
      expect(await take(yours, { holder: "you" })).to.match(/^beside /);
      expect(await take(jo, { holder: "me", joins })).to.match(/^taken \d+/);
    });

    it("lets none follow a shell that has given its lock back, or one of another run", async () => {
      const [kim, mine, yours] = [1500, 0, 0].map(shellOf) as [Session, Session, Session];
      const joins = pidOf(await take(kim, { holder: "me" }));
      expect(await take(yours, { holder: "you", joins })).to.match(/^beside me/);
      await free(kim);
      expect(await take(kim, { holder: "she" })).to.match(/^held you/);
      await free(yours);
      expect(await take(kim, { holder: "she" })).to.match(/^taken/);
      expect(await take(mine, { holder: "me", joins })).to.match(/^beside she/);
    });

    it("tells no run that another was at work that only waited", async () => {
      const [kim, yours, mine] = [1500, 0, 0].map(shellOf) as [Session, Session, Session];
      await take(kim, { holder: "me" });
      await take(yours, { holder: "you" });
      await free(yours);
      await free(kim);
      expect(await take(mine, { holder: "me" })).to.match(/^taken \d+$/);
    });
  });

  describe("of a run that was killed", () => {
    /** A shell that nobody tells of programs that are left running, and a program that watches it. */
    const watched = async () => {
      const { stdin, stdout, stderr, ...child } = spawn("sh", { cwd: "/" });
      const closed = new Promise<Exit>((resolve) => stdout.once("close", () => resolve({})));
      const shell = new Session("here", { stdin, stdout, stderr, closed, kill: () => process.kill(child.pid ?? 0) });
      expect((await shell.runInShell(takeScript({ holder: "me", file }))).stdout).to.match(/^taken/);
      return {
        shell,
        watch: () => spawn("sh", ["-c", watchScript(child.pid ?? 0)], { stdio: "ignore", detached: true }),
      };
    };
    const isFree = async (): Promise<boolean> =>
      (await connection().run(`for _ in $(seq 100); do flock -n ${quote(file)} true && exit; sleep 0.1; done; exit 1`))
        .code === 0;

    it("is not held by a program that its command has left running, whose output nobody reads", async () => {
      const { shell, watch: start } = await watched();
      await shell.run(`sleep 60 & echo $! > ${quote(`${file}.pid`)}`, { ownPipes: true });
      start();
      expect(await isFree()).to.equal(true);
      expect((await connection().run(`kill $(cat ${quote(`${file}.pid`)})`)).code, "it still runs").to.equal(0);
    });

    for (const ownPipes of [true, false])
      it(`stays as long as its command works${ownPipes ? ", which has pipes of its own" : ""}`, async () => {
        const { shell, watch: start } = await watched();
        const working = shell.run("sleep 6; echo done", { ownPipes });
        start();
        expect((await connection().run(`sleep 5; flock -n ${quote(file)} true`)).code).to.equal(1);
        expect((await working).stdout).to.equal("done\n");
        expect(await isFree()).to.equal(true);
      });
  });

  it("keeps an idle shell as long as its run gives signs of life", async () => {
    const one = place("me");
    const { pid } = await taken(one);
    const watching = watch(one.writer, pid);
    watching.beat();
    watching.end();
    expect((await one.writer.run("echo here")).stdout).to.equal("here\n");
  });
});
