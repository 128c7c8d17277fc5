import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadInventory } from "#engine/inventory/load.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { reachedBy } from "../../lab-hosts.ts";
import { target } from "./host.ts";

/** A separate project with the lab's hosts in its inventory, so that runs, journals and variables are not shared. */
export function projectIn(
  root: string,
  hosts: readonly string[],
  vars: Readonly<Record<string, unknown>> = {},
): LoadedInventory {
  const file = path.join(root, "hosts.yaml");
  mkdirSync(root, { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({ all: { vars, hosts: Object.fromEntries(hosts.map((name) => [name, reachedBy(target(name))])) } }),
  );
  return loadInventory({ file, root });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams, in order. */
  readonly output: string;
  readonly seconds: number;
}

export interface StartedRun {
  readonly ended: Promise<Ended>;
  /** Both streams so far. */
  readonly said: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/**
 * Starts the program as a process in a project made by `projectIn`. After `limit` seconds it is killed: a hang shows as
 * the signal in its result.
 */
export function start(root: string, playbook: string, args: readonly string[] = [], limit = 60): StartedRun {
  const program = path.resolve("lib/engine/cli/kubeplay.mjs");
  const started = Date.now();
  const child = spawn(process.execPath, [program, ...args, path.resolve(playbook)], {
    cwd: root,
    // A question waits for an answer, which never comes.
    stdio: [args.includes("--step") ? "pipe" : "ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
  });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), limit * 1000);
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, output, seconds: (Date.now() - started) / 1000 });
    }),
  );
  return { ended, said: () => output, kill: (signal) => void child.kill(signal) };
}
