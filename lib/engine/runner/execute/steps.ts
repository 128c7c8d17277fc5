import type { Chain, CommandOptions, Result, Writer } from "../../connection/types.ts";
import { NotRunError, TaskError } from "../../errors.ts";
import { covered } from "../../schema/covered.ts";
import { unlessInterrupted } from "../../connection/interruption.ts";
import { withoutOutput } from "../../tasks/hidden-errors.ts";
import {
  commandError,
  noRun,
  type Progress,
  type RunSurroundings,
  type ShellStep,
  type Step,
} from "../../tasks/resource.ts";
import type { StepReport } from "./step-log.ts";

export interface StepOptions {
  readonly progress: Progress;
  readonly chain?: Chain;
  /** Whether the run ends after the current steps. */
  readonly stopping?: () => boolean;
  readonly run?: RunSurroundings;
  /** Seconds after which a step counts as hung: the task's limit, and the play's for work on the controller. */
  readonly limits?: { readonly task?: number | undefined; readonly play?: number | undefined };
  /** What is read of the results of shell commands: all by default. */
  readonly reads?: "all" | "what is judged" | "nothing";
  /** Called with each step that has ended. */
  readonly report?: ((step: StepReport) => void) | undefined;
  /** For shell commands, in addition to their own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the steps one after the other and returns the results of shell commands. Throws TaskError at the first failure. */
export async function takeSteps(writer: Writer, steps: readonly Step[], options: StepOptions): Promise<Result[]> {
  const results: Result[] = [];
  for (const step of steps) {
    const result = await takeStep(writer, step, options);
    if (result) results.push(result);
  }
  return results;
}

/** Runs one step. As part of a chain it is sent at once, without waiting. Rejects with TaskError or NotRunError. */
export async function takeStep(writer: Writer, step: Step, options: StepOptions): Promise<Result | undefined> {
  const started = Date.now();
  const isSecret = typeof step === "object" && "secret" in step && step.secret;
  let result: Result | undefined;
  const ended = (): void => {
    const { stdout = "", stderr = "", code } = result ?? {};
    options.report?.({
      ...(isSecret ? { does: covered, stdout: "", stderr: "" } : { does: describeStep(step), stdout, stderr }),
      ...(code !== undefined && { code }),
      seconds: (Date.now() - started) / 1000,
    });
  };
  try {
    result = await take(writer, step, options);
    if (result && result.code !== 0 && !mayFail(step)) throw commandError(result);
  } catch (error) {
    if (!(error instanceof NotRunError)) ended();
    throw isSecret ? withoutOutput(error) : error;
  }
  ended();
  return result;
}

const mayFail = (step: Step): boolean => typeof step === "object" && "mayFail" in step && step.mayFail;

/** What a step does, for -vvv. */
function describeStep(step: Step): string {
  if (typeof step === "string") return step;
  if ("sh" in step) return step.sh;
  if ("upload" in step) return `upload ${step.to}`;
  return "onController" in step ? "work on the controller" : "work over the connection";
}

async function take(writer: Writer, step: Step, options: StepOptions): Promise<Result | undefined> {
  if (typeof step === "string") return shell(writer, { sh: step }, options);
  if ("sh" in step) return shell(writer, step, options, { ownPipes: true });
  const { progress, stopping = () => false, run = noRun, limits = {} } = options;
  if ("overConnection" in step) {
    const surroundings = { ...options, ...(limits.task !== undefined && { limit: limits.task }) };
    return within(limits.task, () => step.overConnection(writer, surroundings));
  }
  if ("onController" in step) {
    const limit = limits.task ?? limits.play;
    await within(limit, () => unlessInterrupted(() => step.onController(progress, stopping, run), run.ended));
  } else {
    const { upload, ...rest } = step;
    const content = typeof upload === "function" ? await within(limits.task ?? limits.play, upload) : upload;
    await writer.upload({ ...rest, content, timeout: limits.task ?? rest.timeout }, options.chain);
  }
  return undefined;
}

/** Rejects with TaskError after this many seconds; the work itself goes on. */
async function within<T>(seconds: number | undefined, work: () => Promise<T>): Promise<T> {
  if (seconds === undefined) return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `It did not end within ${String(seconds)} seconds, and is not waited for any longer. ${longer}`;
    timer = setTimeout(() => {
      reject(new TaskError(message));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

const longer = "The task's timeout or the play's sets this limit.";

function shell(
  writer: Writer,
  step: ShellStep,
  { progress, chain, environment, limits, reads = "all" }: StepOptions,
  own: Pick<CommandOptions, "ownPipes"> = {},
): Promise<Result> {
  return writer.run(step.sh, {
    ...own,
    timeout: limits?.task ?? step.timeout,
    ...((step.environment ?? environment) && { environment: { ...environment, ...step.environment } }),
    ...(chain && { chain }),
    unread: !step.mayFail && (reads === "nothing" || (reads === "what is judged" && step.judgedByCode === true)),
    onOutput: (text) => {
      const line = text.trimEnd().split("\n").at(-1);
      if (line && !step.secret) progress(line);
    },
  });
}
