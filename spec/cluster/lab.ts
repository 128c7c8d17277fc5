import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "#engine/report/index.ts";

export interface Ran {
  readonly code: number;
  /** Both streams, in order. */
  readonly output: string;
  readonly seconds: number;
}

export const clusterName = "lab";
export const masters = ["10.187.0.11", "10.187.0.12", "10.187.0.13"];
export const nodes = ["10.187.0.21", "10.187.0.22"];
export const hosts = ["master-1", "master-2", "master-3", "node-1", "node-2"];
export const addresses = [...masters, ...nodes];
export const addressOf = (host: string): string => addresses[hosts.indexOf(host)] ?? host;

/** The inventories of the newest run of this process. Others of the same project play at the same time. */
let played: readonly string[] = [];
const inventoriesIn = (args: readonly string[]): readonly string[] => {
  const named = args.flatMap((word, index) => (word === "-i" ? [args[index + 1] ?? ""] : []));
  return named.length > 0 ? named : ["hosts.yaml"];
};

/** Runs a command of the project as a user would type it. */
export function type(command: string, ...args: readonly string[]): Promise<Ran> {
  const started = Date.now();
  if (args.includes("play")) played = inventoriesIn(args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, output, seconds: (Date.now() - started) / 1000 }));
  });
}

export const play = (...args: readonly string[]): Promise<Ran> => type("npm", "run", "--silent", "play", "--", ...args);

export const kubectl = (...args: readonly string[]): Promise<Ran> =>
  type("npm", "run", "--silent", "kubectl", "--", ...args);

export const sshOptions = [
  ...["-o", "UserKnownHostsFile=.kubeplay/lab/known_hosts", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"],
  ...["-i", ".kubeplay/lab/id_ed25519"],
];

/** Runs a command on a lab host over SSH. */
export const onHost = (address: string, command: string): Promise<Ran> =>
  type("ssh", ...sshOptions, `kubeplay@${address}`, `sudo sh -c ${JSON.stringify(command)}`);

/** The summary of the newest run on the inventory that this process played last. */
export function lastSummary(): Summary {
  const folder = path.join(".kubeplay", "runs");
  for (const run of readdirSync(folder).sort().reverse()) {
    const file = path.join(folder, run, "summary.json");
    if (!existsSync(file)) continue;
    const summary = JSON.parse(readFileSync(file, "utf8")) as Summary;
    if (isDeepStrictEqual(summary.given?.inventory, played)) return summary;
  }
  throw new Error(`there was no run yet on ${played.join(" and ")}`);
}

/** Prints a measured time in the output of the specs. */
export const measured = (what: string, seconds: number): void => console.log(`      ${what}: ${seconds.toFixed(1)} s`);

/** Retries until `isSo` resolves, and prints how long it took. Rejects with the last error after `seconds`. */
export async function until(what: string, seconds: number, isSo: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  await eventually(seconds, isSo);
  const took = (Date.now() - started) / 1000;
  measured(what, took);
  return took;
}

/** Retries until `isSo` resolves. Rejects with the last error after `seconds`. */
export async function eventually(seconds: number, isSo: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  for (;;) {
    try {
      await isSo();
      return;
    } catch (error) {
      if (Date.now() - started > seconds * 1000) throw error;
      await sleep(1000);
    }
  }
}
