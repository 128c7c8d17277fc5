import type { Writer } from "../connection/types.ts";
import { TaskError } from "../errors.ts";
import type { Progress, ShellStep, Step } from "../resources/define.ts";
import { lastLines } from "./states.ts";

/** Takes the steps one after the other; the first failure ends them with a TaskError. */
export async function takeSteps(writer: Writer, steps: readonly Step[], progress: Progress): Promise<void> {
  for (const step of steps) {
    if (typeof step === "string") await shell(writer, { sh: step }, progress);
    else if ("sh" in step) await shell(writer, step, progress);
    else if ("onController" in step) await step.onController(progress);
    else {
      const { upload, ...rest } = step;
      await writer.upload({ ...rest, content: typeof upload === "function" ? await upload() : upload });
    }
  }
}

async function shell(writer: Writer, step: ShellStep, progress: Progress): Promise<void> {
  const { stdout, stderr, code } = await writer.run(step.sh, {
    ...(step.timeout !== undefined && { timeout: step.timeout }),
    ...(step.environment && { environment: step.environment }),
    onOutput: (text) => {
      const line = text.trimEnd().split("\n").at(-1);
      if (line) progress(line);
    },
  });
  if (code === 0) return;
  const said = lastLines(stderr, 20) || lastLines(stdout, 20) || "it printed nothing";
  throw new TaskError(`exit code ${String(code)}: ${said}`);
}
