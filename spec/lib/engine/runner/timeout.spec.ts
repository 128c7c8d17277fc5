import { expect } from "chai";
import { block, command, defineAction, defineRole, file, play, playbook, read, type Play, type Task } from "kubeplay";
import { clear, folder, played } from "./stage.ts";

const endless = defineAction({
  kind: "endless work",
  label: () => "",
  steps: () => [{ onController: () => new Promise(() => undefined) }],
});

/** Takes longer than every limit in these specs. */
const sleep = "echo so far; sleep 1000";

describe("a time limit", function () {
  this.timeout(600_000);
  after(clear);

  interface Limits {
    readonly limits?: Partial<Play>;
    readonly vars?: object;
  }
  const run = async (task: Task, { limits = {}, vars = {} }: Limits = {}, tries = 10) => {
    const root = folder();
    const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [task] });
    const plays = playbook([play({ name: "Play", hosts: "all", roles: [role], ...limits })]);
    const started = Date.now();
    const { code, tasks } = await played({ root, playbook: plays, vars: { task_timeout: 100, ...vars } });
    // The limit holds for the host's facts too, which a busy machine may not read in time.
    if (tasks.length === 0 && tries > 1) return run(task, { limits, vars }, tries - 1);
    return { code, message: tasks[0]?.message ?? "", seconds: (Date.now() - started) / 1000 };
  };
  const hangs = command("Hang", { run: sleep });

  it("is the host's task_timeout, and the message names the last output and what sets the limit", async () => {
    const { code, message } = await run(hangs, { vars: { task_timeout: 1 } });
    expect(code).to.equal(2);
    expect(message).to.include("did not end within 1 seconds").and.include("The last line it printed: so far");
    expect(message).to.include("The task's timeout, the play's, or the variable task_timeout sets this limit.");
  });

  it("is the play's rather than the host's", async () => {
    expect((await run(hangs, { limits: { timeout: 1 } })).message).to.include("did not end within 1 seconds");
  });

  it("is the step's own rather than the play's", async () => {
    const own = command("Take a moment", { run: "sleep 2", timeout: 50 });
    expect((await run(own, { limits: { timeout: 1 } })).code).to.equal(0);
  });

  it("is the task's above all, in a block too", async () => {
    const own = command("Hang", { run: sleep, timeout: 50 });
    expect((await run(own.timeout(1), { limits: { timeout: 60 } })).message).to.include("within 1 seconds");
    const [inBlock] = block("Several", own).timeout(1).tasks;
    expect(inBlock).to.include({ limit: 1 });
    expect(
      (await run(command("Take a moment", { run: "sleep 2" }).timeout(50), { vars: { task_timeout: 1 } })).code,
    ).to.equal(0);
  });

  it("holds for what is read before a change", async () => {
    expect((await run(read("Read", { run: sleep }).timeout(1))).message).to.include("within 1 seconds");
    const condition = command("Run", { run: "true", unless: sleep });
    expect((await run(condition.timeout(1))).message).to.include("within 1 seconds");
    expect((await run(condition, { limits: { timeout: 1 } })).message).to.include("within 1 seconds");
  });

  for (const [what, content] of [
    ["a small file", "x"],
    ["a large file", "x".repeat(200_000)],
  ] as const)
    it(`holds for the validation of ${what}`, async () => {
      const root = folder();
      const upload = file("Write", { dest: `${root}/file`, content, validate: "sleep 1000; : %s" });
      expect((await run(upload.timeout(1))).message).to.match(/within 1 seconds|happened for 1 seconds/);
      expect((await run(upload, { limits: { timeout: 1 } })).message).to.match(
        /within 1 seconds|happened for 1 seconds/,
      );
    });

  it("holds for work on the controller", async () => {
    expect((await run(endless("Work", {}).timeout(1))).message).to.include("It did not end within 1 seconds");
    expect((await run(endless("Work", {}), { limits: { timeout: 1 } })).message).to.include("within 1 seconds");
  });

  it("starts again with each attempt", async () => {
    const { message, seconds } = await run(hangs.timeout(1).retry({ attempts: 2, delay: 0 }));
    expect(message).to.include("within 1 seconds");
    expect(seconds).to.be.above(2);
  });

  it("must be a number of seconds above 0", () => {
    for (const wrong of [0, -1, NaN, Infinity])
      expect(() => hangs.timeout(wrong)).to.throw(
        `timeout(${String(wrong)}) is a number, expected seconds, a number above 0`,
      );
  });
});
