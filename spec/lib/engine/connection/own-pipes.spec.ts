import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { command, defineRole, play, playbook } from "kubeplay";
import { connectLocal } from "#engine/connection/local.ts";
import type { Result, Writer } from "#engine/connection/types.ts";
import { quote } from "#engine/shell/quote.ts";
import { until } from "../../../until.ts";
import { clear, folder, played } from "../runner/stage.ts";
import { temporaryFolder } from "../temporary.ts";

describe("a command with pipes of its own", () => {
  const own = { ownPipes: true };
  const at = (name: string) => path.join(spare, name);
  const spare = temporaryFolder();
  let host: Writer;
  beforeEach(() => (host = connectLocal({ name: "here", connectTimeout: 5 })));
  afterEach(() => host.close());
  after(clear);
  const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
    const started = Date.now();
    await work();
    return Date.now() - started;
  };
  /** Leaves a program that prints on both streams after a while, and then makes a file. */
  const leaving = (seconds: number, file: string): string =>
    `{ sleep ${String(seconds)}; echo late; echo late >&2; sleep 0.2; echo ended > ${quote(at(file))}; } & echo now`;

  it("keeps output, errors and exit code apart, however the command ends", async () => {
    const scripts = ["printf 'no end'; echo \"it's\" >&2; exit 7", "if then", "false", "printf 'a\\0\\377b'; cat"];
    const results: Result[] = [];
    for (const script of scripts) results.push(await host.run(script, own));
    const [said, broken, failed, binary] = results;
    expect(said).to.deep.equal({ stdout: "no end", stderr: "it's\n", code: 7 });
    expect(broken?.code).to.be.greaterThan(0);
    expect(failed).to.deep.equal({ stdout: "", stderr: "", code: 1 });
    expect(binary).to.deep.equal({ stdout: "a\0\uFFFDb", stderr: "", code: 0 });
  });

  it("returns ten megabytes, and answers a hundred commands sent at once", async () => {
    const long = await host.run("head -c 10000000 /dev/zero | tr '\\0' x; echo; exit 3", own);
    expect([long.stdout.length, long.code]).to.deep.equal([10_000_001, 3]);
    const numbers = Array.from({ length: 100 }, (_, index) => String(index));
    const said = await Promise.all(numbers.map((n) => host.run(`echo ${n}; echo ${n} >&2`, own)));
    expect(said.map(({ stdout, stderr }) => [stdout.trim(), stderr.trim()])).to.deep.equal(numbers.map((n) => [n, n]));
  });

  it("passes its output on while it runs", async () => {
    const isSeen = quote(at("seen"));
    const { stdout } = await host.run(
      `echo begun; for i in $(seq 600); do [ -e ${isSeen} ] && break; sleep 0.05; done; [ -e ${isSeen} ] && echo ended`,
      { ...own, onOutput: () => writeFileSync(at("seen"), "") },
    );
    expect(stdout).to.equal("begun\nended\n");
  });

  it("ends although a program that it leaves running holds its pipes, and so does the connection", async () => {
    const took = await elapsed(async () => {
      expect(await host.run("sleep 60 & echo now; exit 2", own)).to.deep.equal({
        stdout: "now\n",
        stderr: "",
        code: 2,
      });
      expect((await host.run("echo next", own)).stdout).to.equal("next\n");
      await host.close();
    });
    expect(took).to.be.below(30_000);
  });

  it("keeps the later output of such a program out of the next command's, and the program alive", async () => {
    await host.run(leaving(0.6, "alive"), own);
    const next = await host.run("sleep 1.5; echo next", own);
    expect(next).to.deep.equal({ stdout: "next\n", stderr: "", code: 0 });
    await until(
      "it has ended by itself",
      () => existsSync(at("alive")) && readFileSync(at("alive"), "utf8") === "ended\n",
    );
  });

  it("keeps out what such a program prints at once, before its pipes are taken from it", async () => {
    await host.run(leaving(0.1, "at-once"), own);
    expect(await host.run("echo next; echo next >&2", own)).to.deep.equal({
      stdout: "next\n",
      stderr: "next\n",
      code: 0,
    });
    expect(await host.run("echo plain; echo plain >&2")).to.deep.equal({
      stdout: "plain\n",
      stderr: "plain\n",
      code: 0,
    });
  });

  it("lets such a program run on after the connection", async () => {
    await host.run(leaving(1, "later"), own);
    await host.close();
    await until("it has ended by itself", () => existsSync(at("later")));
  });

  it("runs no further commands of its chain if it fails, but runs commands outside of it", async () => {
    const chain = { id: "c1", broken: false, closed: false };
    const sent = [
      host.run("true", { ...own, chain }),
      host.run("sleep 3 & exit 3", { ...own, chain }),
      host.run(`touch ${quote(at("never"))}`, { ...own, chain }),
      host.run("echo still", own),
    ];
    const ended = await Promise.allSettled(sent);
    expect(ended.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(existsSync(at("never"))).to.equal(false);
    expect((await sent[1])?.code).to.equal(3);
  });

  it("has failed if its own shell is killed", async () => {
    expect(await host.run("read -r _ _ _ up _ < /proc/self/stat; kill -KILL $up", own)).to.include({ code: 137 });
    expect((await host.run("echo next", own)).stdout).to.equal("next\n");
  });

  it("does not decide by such output whether another task changed anything", async () => {
    const root = folder();
    const tasks = [
      command("Leave", { run: `{ sleep 0.6; echo CHANGED; } & : ${root}` }),
      command("Ask", { run: "sleep 1.5; echo no", changedWhen: ({ stdout }) => stdout.includes("CHANGED") }),
    ];
    const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => tasks });
    const ended = await played({ root, playbook: playbook([play({ name: "Play", hosts: "all", roles: [role] })]) });
    expect(ended.tasks.map(({ outcome }) => outcome)).to.deep.equal(["changed", "ok"]);
  });
});
