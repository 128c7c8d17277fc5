import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Target } from "#engine/connection/types.ts";
import type { Change, Summary } from "#engine/report/run-files.ts";
import { kubeplay } from "../engine/ansible.ts";
import { furnish } from "../engine/every-task.ts";
import { reachedBy } from "../lab-hosts.ts";
import { folder } from "../lib/engine/runner/stage.ts";

export interface Ended {
  readonly code: number;
  readonly output: string;
  /** Of the run's summary; none where it did not begin. */
  readonly changes: readonly Change[];
}

export interface Project {
  readonly root: string;
  /** Plays by the program itself, as a person does. */
  readonly play: (playbook: string, ...args: readonly string[]) => Promise<Ended>;
}

/** A project of its own with one host in its inventory, and these variables in place of those that open the lab. */
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

function lastChanges(root: string): readonly Change[] {
  const runs = path.join(root, ".kubeplay", "runs");
  mkdirSync(runs, { recursive: true });
  const newest = readdirSync(runs).sort().at(-1);
  if (newest === undefined) return [];
  return (JSON.parse(readFileSync(path.join(runs, newest, "summary.json"), "utf8")) as Summary).changes;
}

/** Plays every kind of resource: check mode foretells it, the run does just that, and the second run changes nothing. */
export async function keepsEverything({ play }: Project, ...args: readonly string[]): Promise<void> {
  const playbook = "spec/shapes/everything.ts";
  const foretold = await play(playbook, "--check", ...args);
  expect(foretold.code, foretold.output).to.equal(0);
  expect(foretold.changes.length, foretold.output).to.be.greaterThan(25);
  const done = await play(playbook, ...args);
  expect(done.code, done.output).to.equal(0);
  expect(tasksOf(foretold)).to.deep.equal(tasksOf(done));
  const again = await play(playbook, ...args);
  expect(again.code, again.output).to.equal(0);
  expect(tasksOf(again), again.output).to.deep.equal([]);
}

const tasksOf = ({ changes }: Ended): string[] => changes.map(({ host, task, what }) => `${host}: ${task}: ${what}`);
