import type { Chain, CommandOptions, Result, Writer } from "../../connection/types.ts";
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
  if ("overConnection" in step) return step.overConnection(writer, options);
  if ("onController" in step) {
    const { progress, stopping = () => false, run = noRun } = options;
    await unlessInterrupted(() => step.onController(progress, stopping, run), run.ended);
  } else {
    const { upload, ...rest } = step;
    await writer.upload({ ...rest, content: typeof upload === "function" ? await upload() : upload }, options.chain);
  }
  return undefined;
}

async function shell(
  writer: Writer,
  step: ShellStep,
  { progress, chain, environment }: StepOptions,
  own: Pick<CommandOptions, "ownPipes"> = {},
): Promise<Result> {
  const result = await writer.run(step.sh, {
    ...own,
    ...(step.timeout !== undefined && { timeout: step.timeout }),
    ...((step.environment ?? environment) && { environment: { ...environment, ...step.environment } }),
    ...(chain && { chain }),
    onOutput: (text) => {
      const line = text.trimEnd().split("\n").at(-1);
      if (line && !step.secret) progress(line);
    },
  });
  if (result.code !== 0 && !step.mayFail) throw commandError(result);
  return result;
}
