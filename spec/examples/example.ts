import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunEvent } from "#engine/runner/index.ts";
import { reachedBy } from "../lab-hosts.ts";
import { target } from "./lab/host.ts";

export interface Played {
  readonly code: number | null;
  readonly output: string;
  /** The changes, as "host: task", sorted. */
  readonly changes: readonly string[];
}

export interface Example {
  readonly folder: string;
  /** Plays the example's playbook `site` on the lab's hosts. */
  readonly play: (...args: readonly string[]) => Played;
}

/** Copies an example into a folder as a project of its own, with hosts of the lab in one group of its inventory. */
export function exampleIn(
  folder: string,
  name: string,
  { group, hosts, vars }: { readonly group: string; readonly hosts: readonly string[]; readonly vars: object },
): Example {
  cpSync(path.join("examples", name), folder, { recursive: true });
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(path.resolve("node_modules/typebox"), path.join(folder, "node_modules/typebox"));
  const reached = Object.fromEntries(hosts.map((host) => [host, reachedBy(target(host))]));
  writeFileSync(path.join(folder, "hosts.yaml"), JSON.stringify({ [group]: { hosts: reached, vars } }));
  return { folder, play: (...args) => play(folder, args) };
}

function play(folder: string, args: readonly string[]): Played {
  const program = path.resolve("lib/engine/cli/kubeplay.mjs");
  const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" };
  const ran = spawnSync(process.execPath, [program, "play", ...args, "site"], { cwd: folder, env, encoding: "utf8" });
  const runs = path.join(folder, ".kubeplay/runs");
  const last = readdirSync(runs).sort().at(-1) ?? "";
  const events = readFileSync(path.join(runs, last, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  const changes = events.flatMap((event) =>
    event.type === "task" && event.outcome === "changed" ? [`${event.host}: ${event.task}`] : [],
  );
  return { code: ran.status, output: ran.stdout + ran.stderr, changes: changes.sort() };
}
