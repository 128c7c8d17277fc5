import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { command, defineRole, file, play, playbook } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { UnreachableError } from "#engine/errors.ts";
import type { CommandProps } from "#engine/resources/commands/command.ts";
import { clear, folder, played } from "../../runner/stage.ts";
import { needs } from "../../needs.ts";

/** A process that was killed may stay as a zombie until its parent asks for it. */
const isRunning = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");

const mayWrite = process.getuid?.() === 0;

describe("a detached command", () => {
  after(clear);
  before(function () {
    needs(this, "root, as its files are in /var/lib/kubeplay", mayWrite);
  });

  /** Each command has the folder's name in it: one of the same text, also of another run of these specs, is the same job. */
  const playOf = (root: string, props: CommandProps) => {
    const long = command("Work", { ...props, detached: true });
    const keep = file("Keep", { dest: `${root}/said`, content: long.output.map(({ stdout }) => stdout) });
    const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [long, keep] });
    return playbook([play({ name: "Play", hosts: "all", roles: [role], environment: { WORD: "hello" } })]);
  };

  it("returns its output, and has the play's environment", async () => {
    const root = folder();
    expect((await played({ root, playbook: playOf(root, { run: `: ${root}; echo "$WORD"` }) })).code).to.equal(0);
    expect(readFileSync(`${root}/said`, "utf8")).to.equal("hello\n");
  });

  it("does not have its variables on a command line, which every user could read", async () => {
    const root = folder();
    const token = "unspeakable";
    const run = `: ${root}; test -n "$TOKEN"; for each in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < "$each"; echo; done 2>/dev/null`;
    const ran = await played({ root, playbook: playOf(root, { run, environment: { TOKEN: token } }) });
    expect(ran.code, ran.terminal).to.equal(0);
    const said = readFileSync(`${root}/said`, "utf8");
    expect(said).to.include("/script").and.not.include(token);
  });

  it("reports how it failed, and is killed if it takes too long", async () => {
    const root = folder();
    const failed = await played({ root, playbook: playOf(root, { run: `: ${root}; echo no >&2; exit 3` }) });
    expect(failed.tasks[0]?.message).to.equal("exit code 3: no");
    const run = `sleep 30 & echo $! > ${root}/pid; wait`;
    const late = await played({ root, playbook: playOf(root, { run, timeout: 1 }) });
    expect(late.tasks[0]?.message).to.equal("it did not end within 1 seconds, and was killed");
    await sleep(100);
    expect(isRunning(readFileSync(`${root}/pid`, "utf8").trim()), "the command's own process").to.equal(false);
  });

  it("is judged by failedWhen instead of its exit code, and shows nothing if it is secret", async () => {
    const root = folder();
    const run = `: ${root}; echo "$((6 * 7))-said"; exit 3`;
    const judged = await played({ root, playbook: playOf(root, { run, failedWhen: ({ code }) => code !== 3 }) });
    expect(judged.code, judged.terminal).to.equal(0);
    const playbook = playOf(root, { run, secret: true });
    const hidden = await played({ root, playbook, options: { verbose: 3 } });
    expect(hidden.tasks[0]?.message).to.include("exit code 3");
    expect(JSON.stringify(hidden.events) + hidden.terminal).to.not.include("42-said");
  });

  it("continues if the connection is lost and made again, and runs once", async () => {
    const root = folder();
    let cut = 0;
    const flaky = async (target: Target): Promise<Writer> => {
      const writer = await connect(target);
      return {
        host: writer.host,
        read: (script, options) =>
          script.includes("echo ended") && ++cut < 3
            ? Promise.reject(new UnreachableError(target.name, "the line was cut"))
            : writer.read(script, options),
        run: (script, options) => writer.run(script, options),
        upload: (upload, chain) => writer.upload(upload, chain),
        reconnect: () => Promise.resolve(),
        close: () => writer.close(),
      };
    };
    const run = `echo x >> ${root}/count; sleep 1; wc -l < ${root}/count`;
    const flakyRun = await played({ root, playbook: playOf(root, { run }), connect: flaky });
    expect(flakyRun.code, flakyRun.terminal).to.equal(0);
    expect(readFileSync(`${root}/said`, "utf8")).to.equal("1\n");
    expect(cut).to.be.greaterThan(2);
  });

  it("is awaited and not started again if it is still running from an earlier run", async () => {
    const root = folder();
    const run = `echo x >> ${root}/count; sleep 2; wc -l < ${root}/count`;
    const lost = async (target: Target): Promise<Writer> => {
      const writer = await connect(target);
      return {
        host: writer.host,
        read: (script, options) =>
          script.includes("echo ended")
            ? Promise.reject(new UnreachableError(target.name, "gone for good"))
            : writer.read(script, options),
        run: (script, options) => writer.run(script, options),
        upload: (upload, chain) => writer.upload(upload, chain),
        close: () => writer.close(),
      };
    };
    expect((await played({ root, playbook: playOf(root, { run }), connect: lost })).code).to.equal(4);
    expect((await played({ root, playbook: playOf(root, { run }) })).code).to.equal(0);
    expect(readFileSync(`${root}/said`, "utf8")).to.equal("1\n");
  });
});
