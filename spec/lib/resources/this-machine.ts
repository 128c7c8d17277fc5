import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, renameSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Step } from "#lib/resources/define.ts";
import { unknown, type Difference } from "#lib/resources/define.ts";
import type { Task } from "#lib/resources/task.ts";
import { ask } from "../queries/ask.ts";
import { subject, type Subject } from "./one-resource.ts";

const run = promisify(execFile);

/**
 * Asks this machine, takes the steps, and asks again: the differences must be gone, and the answers must be those of the
 * forecast. Returns the differences that there were.
 */
export async function keep(task: Task, roleFolder?: string): Promise<readonly Difference[]> {
  const resource = subject(task, roleFolder);
  const now = await answers(resource);
  const found = resource.diff(now);
  if (found.length === 0) return found;
  const forecast = resource.forecast(now);
  for (const step of resource.rawSteps(now)) await take(step);
  const then = await answers(resource);
  expect(resource.diff(then), "did not converge").to.deep.equal([]);
  for (const [name, state] of Object.entries(forecast))
    if (state !== unknown) expect(covered(then[name], state), `the forecast of ${name}`).to.deep.equal(state);
  return found;
}

async function answers({ needs }: Subject): Promise<Record<string, unknown>> {
  const now: Record<string, unknown> = {};
  for (const [name, query] of Object.entries(needs)) [now[name]] = await ask([query]);
  return now;
}

/** Only what the forecast speaks of. */
const covered = (answer: unknown, forecast: unknown): unknown =>
  isRecord(answer) && isRecord(forecast)
    ? forecast.type === "other" && answer.type !== "absent"
      ? forecast
      : Object.fromEntries(Object.keys(forecast).map((key) => [key, answer[key]]))
    : answer;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

async function take(step: Step): Promise<void> {
  if (typeof step === "string") await run("sh", ["-c", step]);
  else if ("sh" in step) await run("sh", ["-c", step.sh], { env: { ...process.env, ...step.environment } });
  else if ("onController" in step) await step.onController(() => undefined);
  else {
    const content = typeof step.upload === "function" ? await step.upload() : step.upload;
    const temporary = `${step.to}.new`;
    if ("file" in content) copyFileSync(content.file, temporary);
    else writeFileSync(temporary, content.bytes);
    chmodSync(temporary, step.mode);
    if (step.validate !== undefined) await run("sh", ["-c", step.validate.replaceAll("%s", '"$0"'), temporary]);
    renameSync(temporary, step.to);
  }
}
