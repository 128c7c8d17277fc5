import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Target } from "#engine/connection/types.ts";
import type { RecordedChange, Summary } from "#engine/report/run-files.ts";
import { kubeplay } from "../engine/ansible.ts";
import { furnish } from "../engine/every-task.ts";
import { reachedBy } from "../lab-hosts.ts";
import { folder } from "../lib/engine/runner/stage.ts";

export interface Ended {
  readonly code: number;
  readonly output: string;
  /** The changes in the run's summary; none if the run did not begin. */
  readonly changes: readonly RecordedChange[];
}

export interface Project {
  readonly root: string;
  /** Runs the program itself, as a user does. */
  readonly play: (playbook: string, ...args: readonly string[]) => Promise<Ended>;
}

/** A separate project with one host in its inventory; these variables override those with which the lab is reached. */
export function projectOf(target: Target, vars: Readonly<Record<string, unknown>> = {}): Project {
  const root = folder();
  furnish(root);
  const known = { ...reachedBy(target), ...vars };
  writeFileSync(path.join(root, "hosts.yaml"), JSON.stringify({ all: { hosts: { [target.name]: known } } }));
  const play: Project["play"] = async (playbook, ...args) => {
    const { stdout, stderr, code } = await kubeplay([...args, path.resolve(playbook)], { cwd: root });
    return { code, output: stdout + stderr, changes: lastChanges(root) };
  };
  return { root, play };
}

function lastChanges(root: string): readonly RecordedChange[] {
  const runs = path.join(root, ".kubeplay", "runs");
  mkdirSync(runs, { recursive: true });
  const newest = readdirSync(runs).sort().at(-1);
  if (newest === undefined) return [];
  return (JSON.parse(readFileSync(path.join(runs, newest, "summary.json"), "utf8")) as Summary).changes;
}

/** Plays every kind of resource. */
export const keepsEverything = (project: Project, ...args: readonly string[]): Promise<void> =>
  keeps(project, { playbook: "spec/shapes/everything.ts", changes: 25 }, ...args);

/**
 * A run changes exactly what check mode predicts, which is more than this number of changes, and a second run changes
 * nothing.
 */
export async function keeps(
  { play }: Project,
  { playbook, changes }: { readonly playbook: string; readonly changes: number },
  ...args: readonly string[]
): Promise<void> {
  const predicted = await play(playbook, "--check", ...args);
  expect(predicted.code, predicted.output).to.equal(0);
  expect(predicted.changes.length, predicted.output).to.be.greaterThan(changes);
  const done = await play(playbook, ...args);
  expect(done.code, done.output).to.equal(0);
  expect(tasksOf(predicted)).to.deep.equal(tasksOf(done));
  const again = await play(playbook, ...args);
  expect(again.code, again.output).to.equal(0);
  expect(tasksOf(again), again.output).to.deep.equal([]);
}

const tasksOf = ({ changes }: Ended): string[] => changes.map(({ host, task, what }) => `${host}: ${task}: ${what}`);
