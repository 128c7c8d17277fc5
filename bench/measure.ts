import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { BenchError } from "./bench-error.ts";
import { treeMemory } from "./memory.ts";
import type { Progress } from "./progress.ts";

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The name in progress lines. */
  readonly what: string;
}

export interface Measured {
  /** Wall-clock time from the start of the process to its end. */
  readonly seconds: number;
  /** The peak memory of the process and its children together; shared pages count for each process. */
  readonly peakBytes: number;
  readonly stdout: string;
  /** Both outputs, in order of arrival. */
  readonly output: string;
}

/** Milliseconds between two measurements of memory. */
const look = 100;

/** Runs a program to its end. Rejects with BenchError and the end of its output if it fails. */
export async function measure({ command, args, environment, what }: Program, progress: Progress): Promise<Measured> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
  let stdout = "";
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    output += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, treeMemory(child.pid ?? 0, readProc));
  }, look);
  const told = progress.begin(what);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", (error) => reject(new BenchError(`${command} cannot be started: ${error.message}`)));
      child.once("close", resolve);
    });
    if (code !== 0)
      throw new BenchError(`${what}: exit code ${String(code)}. The end of its output:\n${output.slice(-4000).trim()}`);
    return { seconds: (performance.now() - started) / 1000, peakBytes, stdout, output };
  } finally {
    clearInterval(watch);
    told.end();
  }
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}
