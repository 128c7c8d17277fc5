import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Task } from "kubeplay";
import { subject } from "../one-resource.ts";

const path = { type: "file", mode: 0o640, owner: "root", group: "root" };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Fails unless the task makes `after` of a text, keeps the file's permissions, and has nothing to do afterwards. */
export function edits(task: Task, before: string, after: string): void {
  const resource = subject(task);
  const now = { path, content: before };
  if (before === after) {
    expect(resource.diff(now)).to.deep.equal([]);
    return;
  }
  expect(resource.steps(now)).to.deep.equal([
    { upload: after, to: resource.label, mode: 0o640, owner: "root", group: "root", edits: sha256(before) },
  ]);
  const forecast = resource.forecast(now);
  expect(forecast.content).to.equal(after);
  expect(resource.diff(forecast)).to.deep.equal([]);
}

/** What --diff shows for an edit of a text. */
export const shown = (task: Task, content: string) => subject(task).diff({ path, content });
