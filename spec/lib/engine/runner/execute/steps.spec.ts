import { expect } from "chai";
import { fakeConnection } from "#engine/connection/fake.ts";
import type { CommandOptions, Result, Upload, Writer } from "#engine/connection/types.ts";
import { TaskError } from "#engine/errors.ts";
import { takeStep, takeSteps, type StepOptions } from "#engine/runner/execute/steps.ts";
import type { Step } from "#engine/tasks/resource.ts";

const never = () => new Promise<never>(() => undefined);
/** Seconds that are soon over. */
const short = 0.01;

describe("a step", () => {
  let ran: { script: string; options: CommandOptions }[];
  let uploads: Upload[];
  let result: Result;
  let printed: string[];
  let lines: string[];
  beforeEach(() => {
    [ran, uploads, printed, lines] = [[], [], [], []];
    result = { stdout: "", stderr: "", code: 0 };
  });

  const writer: Writer = {
    ...fakeConnection("a", []),
    run: (script, options = {}) => {
      ran.push({ script, options });
      for (const text of printed) options.onOutput?.(text);
      return Promise.resolve(result);
    },
    upload: (upload) => {
      uploads.push(upload);
      return Promise.resolve();
    },
  };
  const take = (step: Step, options: Partial<StepOptions> = {}) =>
    takeStep(writer, step, { progress: (line) => lines.push(line), ...options });
  const failureOf = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => new Error("it did not fail"),
      (error: unknown) => error as Error,
    );

  describe("that is a shell command", () => {
    it("returns its result, and fails with what it printed", async () => {
      result = { stdout: "hello\n", stderr: "", code: 0 };
      expect(await take("greet")).to.equal(result);
      result = { stdout: "hello\n", stderr: "no voice\n", code: 3 };
      const failure = await failureOf(take("greet"));
      expect(failure).to.be.instanceOf(TaskError);
      expect(failure.message).to.equal("exit code 3: no voice");
      expect(await take({ sh: "greet", mayFail: true }), "if it may fail").to.equal(result);
    });

    it("ends the steps at the first failure, whose results are those of shell commands alone", async () => {
      const quiet: Step = { onController: () => Promise.resolve() };
      const results = await takeSteps(writer, ["one", quiet, "two"], { progress: () => undefined });
      expect(results).to.deep.equal([result, result]);
      ran = [];
      result = { stdout: "", stderr: "", code: 1 };
      await failureOf(takeSteps(writer, ["one", "two"], { progress: () => undefined }));
      expect(ran.map(({ script }) => script)).to.deep.equal(["one"]);
    });

    it("shows the last line of its output as progress, and none of a secret one", async () => {
      printed = ["first\nsecond\n", "\n", "third"];
      await take("work");
      expect(lines).to.deep.equal(["second", "third"]);
      lines = [];
      await take({ sh: "work", secret: true });
      expect(lines).to.deep.equal([]);
    });

    it("has the environment of its task and its own, which is nearer", async () => {
      const environment = { A: "task", B: "task" };
      await take({ sh: "work", environment: { B: "step" } }, { environment });
      await take("work", { environment });
      await take({ sh: "work", environment: { C: "step" } });
      await take("work");
      expect(ran.map(({ options }) => options.environment)).to.deep.equal([
        { A: "task", B: "step" },
        environment,
        { C: "step" },
        undefined,
      ]);
    });

    it("has the limit of its task, else its own", async () => {
      await take({ sh: "work", timeout: 5 }, { limits: { task: 2, play: 9 } });
      await take({ sh: "work", timeout: 5 }, { limits: { play: 9 } });
      await take("work");
      expect(ran.map(({ options }) => options.timeout)).to.deep.equal([2, 5, undefined]);
    });

    it("may leave programs running unless it is a plain string, and goes into the chain", async () => {
      const chain = { id: "1", broken: false, closed: false };
      await take({ sh: "work" }, { chain });
      await take("work");
      expect(ran.map(({ options }) => [options.ownPipes, options.chain])).to.deep.equal([
        [true, chain],
        [undefined, undefined],
      ]);
    });

    const unread: readonly (readonly [string, Step, StepOptions["reads"], boolean])[] = [
      ["a task may read it", "work", undefined, false],
      ["nobody reads it", "work", "nothing", true],
      ["it may fail, which its output explains", { sh: "work", mayFail: true }, "nothing", false],
      ["it is judged by its output", { sh: "work" }, "what is judged", false],
      ["it is judged by its exit code", { sh: "work", judgedByCode: true }, "what is judged", true],
      ["it is judged by its exit code and read", { sh: "work", judgedByCode: true }, "all", false],
    ];
    for (const [why, step, reads, expected] of unread)
      it(`keeps ${expected ? "the end of" : "all of"} its output if ${why}`, async () => {
        await take(step, { ...(reads && { reads }) });
        expect(ran[0]?.options.unread).to.equal(expected);
      });
  });

  describe("that puts a file in place", () => {
    const content = { bytes: Buffer.from("text") };
    const upload = { upload: content, to: "/etc/x", mode: 0o600, timeout: 5 };

    it("uploads content that is there, or made late, and has no result", async () => {
      expect(await take(upload)).to.equal(undefined);
      await take({ ...upload, upload: () => Promise.resolve(content) });
      const made = { content, to: "/etc/x", mode: 0o600, timeout: 5 };
      expect(uploads).to.deep.equal([made, made]);
    });

    it("has the limit of its task, else its own, and its content the play's too", async () => {
      await take(upload, { limits: { task: 2, play: 9 } });
      await take(upload, { limits: { play: 9 } });
      expect(uploads.map(({ timeout }) => timeout)).to.deep.equal([2, 5]);
      for (const limits of [{ task: short, play: 100 }, { play: short }]) {
        const { message } = await failureOf(take({ ...upload, upload: never }, { limits }));
        expect(message).to.include(`did not end within ${String(short)} seconds`);
        expect(message).to.include("The task's timeout or the play's sets this limit.");
      }
    });
  });

  describe("on the controller", () => {
    it("has the limit of its task, else the play's", async () => {
      for (const limits of [{ task: short, play: 100 }, { play: short }])
        expect((await failureOf(take({ onController: never }, { limits }))).message).to.include("did not end within");
      const quick: Step = { onController: () => Promise.resolve() };
      expect(await take(quick, { limits: { task: 100 } })).to.equal(undefined);
    });

    it("reports its progress, and learns that the run is about to end", async () => {
      const asked: boolean[] = [];
      const step: Step = {
        onController: (progress, stopping) => {
          progress("half done");
          asked.push(stopping());
          return Promise.resolve();
        },
      };
      await take(step, { stopping: () => true });
      await take(step);
      expect(lines).to.deep.equal(["half done", "half done"]);
      expect(asked).to.deep.equal([true, false]);
    });
  });

  it("over the connection has the limit of its task, and not the play's: it may wait for a host that restarts", async () => {
    const step: Step = { overConnection: () => Promise.resolve(result) };
    expect(await take(step, { limits: { task: 5, play: short } })).to.equal(result);
    const hangs: Step = { overConnection: never };
    expect((await failureOf(take(hangs, { limits: { task: short } }))).message).to.include("did not end within");
    const later: Step = {
      overConnection: () => new Promise((resolve) => setTimeout(() => resolve(result), 10 * short * 1000)),
    };
    expect(await take(later, { limits: { play: short } })).to.equal(result);
  });

  it("that is secret shows no output if it fails", async () => {
    result = { stdout: "", stderr: "hunter2 is wrong\n", code: 4 };
    const { message } = await failureOf(take({ sh: "login", secret: true }));
    expect(message).to.include("exit code 4").and.not.include("hunter2");
    expect((await failureOf(take({ sh: "login" }))).message).to.include("hunter2");
  });
});
