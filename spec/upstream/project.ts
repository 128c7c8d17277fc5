import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run, type Ran } from "./run.ts";

/** A copy of the project: its runs, pins and keys are not those of the project that is tested. */
export interface Project {
  readonly root: string;
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
  play(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
  /** Writes images.lock.json: the digests of the fake upstream's images by their names. */
  pinImages(images: Readonly<Record<string, string>>): void;
}

const copied = ["lib", "roles", "playbooks", "group_vars", "package.json", "package-lock.json", "tsconfig.json"];

interface LockFile {
  readonly artifacts: Readonly<Record<string, string>>;
}

/** The pins of what is built here. Those of downloads are of the official files, which the fake cannot have. */
function lockWithoutDownloads(file: string): string {
  const { artifacts } = JSON.parse(readFileSync(file, "utf8")) as LockFile;
  const built = Object.entries(artifacts).filter(([name]) => !name.endsWith("/upstream"));
  return JSON.stringify({ lockVersion: 1, artifacts: Object.fromEntries(built) }, null, 2);
}

export function projectAt(root: string, inventories: readonly string[]): Project {
  mkdirSync(root, { recursive: true });
  for (const name of copied) cpSync(name, path.join(root, name), { recursive: true });
  symlinkSync(path.resolve("node_modules"), path.join(root, "node_modules"));
  for (const file of inventories) cpSync(file, path.join(root, path.basename(file)));
  writeFileSync(path.join(root, "artifacts.lock.json"), lockWithoutDownloads("artifacts.lock.json"));

  const here: Project["run"] = (program, args, env) => run(program, args, env, root);
  return {
    root,
    run: here,
    play: (args, env) => here("lib/engine/cli/kubeplay.mjs", args, env),
    pinImages: (images) => writeFileSync(path.join(root, "images.lock.json"), JSON.stringify({ images }, null, 2)),
  };
}
