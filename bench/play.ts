import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Summary } from "#engine/report/run-files.ts";
import { BenchError } from "./bench-error.ts";
import { measure, type Measured } from "./measure.ts";
import type { Progress } from "./progress.ts";

export interface Played extends Measured {
  /** The run's own summary: its times exclude the start of the process and of npm. */
  readonly summary: Summary;
}

/** Plays like `npm run play`, with the same script of package.json. */
export async function play(args: readonly string[], what: string, progress: Progress): Promise<Played> {
  const before = new Set(runs());
  const measured = await kubeplay(args, what, progress);
  const mine = runs()
    .filter((id) => !before.has(id))
    .map(summaryOf)
    .find((summary) => summary?.playbook === args.at(-1));
  if (!mine) throw new BenchError(`${what}: no summary in ${folder}`);
  return { ...measured, summary: mine };
}

/** Runs only the program, such as --version. */
export async function kubeplay(args: readonly string[], what: string, progress: Progress): Promise<Measured> {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { play: string } };
  const PATH = `${path.resolve("node_modules/.bin")}:${process.env.PATH ?? ""}`;
  // As npm runs a script: with a shell and appended arguments.
  return measure(
    { command: "sh", args: ["-c", `${scripts.play} "$@"`, "play", ...args], environment: { PATH }, what },
    progress,
  );
}

const folder = path.join(".kubeplay", "runs");

function runs(): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function summaryOf(id: string): Summary | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, id, "summary.json"), "utf8")) as Summary;
  } catch {
    // Another run that is still in progress has no summary yet.
    return undefined;
  }
}
