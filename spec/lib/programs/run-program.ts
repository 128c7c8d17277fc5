import { spawnSync } from "node:child_process";
import path from "node:path";

const project = process.cwd();

/** Runs a program of lib/programs in a folder, as its npm script does, with the inventory mine.yaml. */
export const runProgram = (folder: string, name: string, args: readonly string[]) =>
  spawnSync(
    path.join(project, "node_modules/.bin/tsx"),
    ["-C", "kubeplay-source", path.join(project, `lib/programs/${name}/program.ts`), "-i", "mine.yaml", ...args],
    { cwd: folder, encoding: "utf8" },
  );
