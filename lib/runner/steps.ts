import type { Chain, Writer } from "../connection/types.ts";
import { TaskError } from "../errors.ts";
import type { Progress, ShellStep, Step } from "../resources/define.ts";
import { lastLines } from "./states.ts";

/** Takes the steps one after the other; the first failure ends them with a TaskError. */
export async function takeSteps(writer: Writer, steps: readonly Step[], progress: Progress): Promise<void> {
  for (const step of steps) await takeStep(writer, step, progress);
}

/** In a chain it is sent at once, before anything is waited for. Rejects with TaskError or NotRunError. */
export async function takeStep(writer: Writer, step: Step, progress: Progress, chain?: Chain): Promise<void> {
  if (typeof step === "string") return shell(writer, { sh: step }, progress, chain);
  if ("sh" in step) return shell(writer, step, progress, chain);
  if ("onController" in step) return step.onController(progress);
  const { upload, ...rest } = step;
  return writer.upload({ ...rest, content: typeof upload === "function" ? await upload() : upload }, chain);
}

async function shell(writer: Writer, step: ShellStep, progress: Progress, chain?: Chain): Promise<void> {
  const { stdout, stderr, code } = await writer.run(step.sh, {
    ...(step.timeout !== undefined && { timeout: step.timeout }),
    ...(step.environment && { environment: step.environment }),
    ...(chain && { chain }),
    onOutput: (text) => {
      const line = text.trimEnd().split("\n").at(-1);
      if (line) progress(line);
    },
  });
  if (code === 0) return;
  const said = lastLines(stderr, 20) || lastLines(stdout, 20) || "it printed nothing";
  throw new TaskError(`exit code ${String(code)}: ${said}`);
}
