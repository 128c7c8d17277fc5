import type { Chain, CommandOptions, Result, Writer } from "../../connection/types.ts";
import { TaskError } from "../../errors.ts";
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
export function takeStep(writer: Writer, step: Step, options: StepOptions): Promise<Result | undefined> {
  const taken = take(writer, step, options);
  const isSecret = typeof step === "object" && "secret" in step && step.secret;
  if (!isSecret) return taken;
  return taken.catch((error: unknown) => {
    throw withoutOutput(error);
  });
}

async function take(writer: Writer, step: Step, options: StepOptions): Promise<Result | undefined> {
  if (typeof step === "string") return shell(writer, { sh: step }, options);
  if ("sh" in step) return shell(writer, step, options, { ownPipes: true });
  const { progress, stopping = () => false, run = noRun, limits = {} } = options;
  if ("overConnection" in step) return within(limits.task, () => step.overConnection(writer, options));
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

async function shell(
  writer: Writer,
  step: ShellStep,
  { progress, chain, environment, limits, reads = "all" }: StepOptions,
  own: Pick<CommandOptions, "ownPipes"> = {},
): Promise<Result> {
  const result = await writer.run(step.sh, {
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
  if (result.code !== 0 && !step.mayFail) throw commandError(result);
  return result;
}
