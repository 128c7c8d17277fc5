import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, file, type Task } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Writer } from "#engine/connection/types.ts";
import { clear, folder, played } from "../../lib/engine/runner/stage.ts";
import { on, target } from "../lab/host.ts";
import { projectIn } from "../lab/project.ts";
import { failure } from "./failure.ts";
import { playOf } from "./project.ts";

/** The output of a command, or a command that does not end, affects no other command. */
describe("a command", function () {
  this.timeout(600_000);
  const open: Writer[] = [];
  const reach = async (): Promise<Writer> => {
    const writer = await connect(target("engine-1"));
    open.push(writer);
    return writer;
  };
  const run = async (...tasks: readonly Task[]) => {
    const root = folder();
    const ended = await played({ root, playbook: playOf(...tasks), inventory: projectIn(root, ["engine-1"]) });
    return { ...ended, ends: ended.tasks.map(({ task, outcome }) => `${task}: ${outcome}`) };
  };

  beforeEach(() => on("engine-1", "rm -rf /srv/after; pkill -9 -x sleep || :"));
  afterEach(async () => {
    await Promise.all(open.splice(0).map((writer) => writer.close()));
  });
  after(clear);

  it("that does not end is ended, on the host too, and the next one runs", async () => {
    const writer = await reach();
    const error = await failure(writer.run("echo so far; sleep 4242", { timeout: 1 }));
    expect(error.message).to.include("did not end within 1 seconds").and.include("so far");
    expect((await writer.run("echo next")).stdout).to.equal("next\n");
    await sleep(500);
    expect(await on("engine-1", "pgrep -fx 'sleep 4242' || echo none")).to.equal("none");
  });

  it("that ignores signals and has children is ended with them", async () => {
    const writer = await reach();
    const stubborn = "trap '' TERM HUP INT; (trap '' TERM HUP; sleep 4243; sleep 4243) & sleep 4243; wait";
    await failure(writer.run(stubborn, { timeout: 1 }));
    // They get four seconds before they are killed.
    const gone = "for _ in $(seq 60); do pgrep -fx 'sleep 4243' >/dev/null || break; sleep 0.5; done";
    expect(await on("engine-1", `${gone}; pgrep -fx 'sleep 4243' || echo none`)).to.equal("none");
  });

  it("that does not end fails its task, and the next task does not run", async () => {
    const { code, ends, tasks } = await run(
      command("Wait for ever", { run: "echo at it; sleep 4244", timeout: 1 }),
      file("Write", { dest: "/srv/after", content: "" }),
    );
    expect(code).to.equal(2);
    expect(ends).to.deep.equal(["Wait for ever: failed"]);
    expect(tasks[0]?.message).to.include("did not end within 1 seconds").and.include("at it");
    expect(await on("engine-1", "ls /srv/after 2>/dev/null; pgrep -fx 'sleep 4244' || echo none")).to.equal("none");
  });

  it("can print binary data and large outputs, and fails if the output is too large", async () => {
    const writer = await reach();
    const { stdout } = await writer.run("head -c 20000000 /dev/zero | tr '\\0' x");
    expect(stdout.length).to.equal(20_000_000);
    expect((await writer.run("printf '\\377\\0\\n'")).stdout).to.have.length(3);
    expect((await failure(writer.run("head -c 100000000 /dev/zero"))).message).to.include("more than 64 MiB");
    expect((await writer.run("echo next")).stdout).to.equal("next\n");
  });

  it("that prints a hundred megabytes does not fill the controller's memory, and fails only if they are read", async () => {
    const before = process.memoryUsage().rss;
    const print = command("Print", { run: "yes | head -c 100000000" });
    expect((await run(print)).code).to.equal(0);
    expect(process.memoryUsage().rss - before, "bytes more").to.be.below(150 << 20);
    const { code, tasks } = await run(print, command("Read it", { run: print.output.map(({ stdout }) => stdout) }));
    expect(code).to.equal(2);
    expect(tasks[0]?.message).to.include("more than 64 MiB");
    expect(process.memoryUsage().rss - before, "bytes more").to.be.below(300 << 20);
  });

  it("that fails with binary output leaves a readable report", async () => {
    const { code, files, terminal } = await run(
      command("Print", { run: "head -c 5000 /dev/urandom >&2; printf '\\033[2J\\0\\377 the reason\\n' >&2; exit 3" }),
    );
    expect(code).to.equal(2);
    expect(terminal).to.include("the reason").and.include("exit code 3");
    const lines = readFileSync(path.join(files, "events.jsonl"), "utf8").trimEnd().split("\n");
    expect(() => lines.map((line) => JSON.parse(line) as unknown)).not.to.throw();
    // Control characters could clear the terminal or set its title, and so hide the report.
    expect(terminal.replaceAll(/\u001b\[\d*m/g, "")).not.to.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });

  it("that leaves a background process is not waited for, and that process's output is in no answer", async () => {
    const writer = await reach();
    const chatter = "(for i in 1 2 3 4 5 6 7 8 9; do sleep 0.1; echo leak; echo leak >&2; done; touch /srv/after) &";
    const started = Date.now();
    await writer.run(chatter);
    expect(Date.now() - started, "milliseconds").to.be.below(700);
    for (let count = 0; count < 6; count++) {
      const { stdout, stderr } = await writer.read("sleep 0.2; echo answer");
      expect([stdout, stderr]).to.deep.equal(["answer\n", ""]);
    }
    expect(await on("engine-1", "ls /srv/after"), "and it ran on").to.equal("/srv/after");
  });
});
