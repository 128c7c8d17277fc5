import { spawn } from "node:child_process";

export interface Ran {
  readonly code: number;
  /** Both streams, in order. */
  readonly output: string;
  readonly seconds: number;
}

/**
 * Runs a program of the project, whose output goes to the terminal too if SPEC_SHOW is set. `before` are the words of a
 * program that runs it.
 */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
  before: readonly string[] = [],
): Promise<Ran> {
  const started = Date.now();
  const loader = program.endsWith(".ts") ? ["-C", "kubeplay-source", "--import", "tsx"] : [];
  return new Promise((resolve, reject) => {
    const [command = "", ...words] = [...before, process.execPath, ...loader, program, ...args];
    const child = spawn(command, words, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", ...env },
    });
    let output = "";
    const show = (chunk: Buffer): void => {
      output += chunk.toString();
      if (process.env.SPEC_SHOW) process.stdout.write(chunk);
    };
    child.stdout.on("data", show);
    child.stderr.on("data", show);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, output, seconds: (Date.now() - started) / 1000 }));
  });
}
