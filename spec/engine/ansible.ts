import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "#engine/files.ts";

/** The version of Ansible with which the specs of this folder compare. */
export const ansibleVersion = "2.19.14";

const run = promisify(execFile);

/** The package of this version of ansible-core with the community's collections. */
const withCollections = "ansible==12.3.0";

/**
 * The folder of ansible-vault, ansible-inventory and the others: a separate virtualenv, made if it is missing, also with
 * the community's collections.
 */
export async function ansibleBin({ collections = false } = {}): Promise<string> {
  const link = path.join(cacheFolder(), "engine", `ansible-${ansibleVersion}${collections ? "-collections" : ""}`);
  const bin = path.join(link, "bin");
  if (existsSync(path.join(bin, "ansible-vault"))) return bin;
  // Built under another name and renamed last, so that concurrent specs find either all of it or nothing.
  const folder = `${link}.${String(process.pid)}`;
  mkdirSync(path.dirname(link), { recursive: true });
  await run("python3", ["-m", "venv", folder]);
  await run(path.join(folder, "bin", "pip"), [
    ...["install", "--quiet", `ansible-core==${ansibleVersion}`],
    ...(collections ? [withCollections] : []),
  ]);
  return nameIt(folder, link);
}

/** A virtualenv contains its own path, so its final name is a link. */
function nameIt(folder: string, link: string): string {
  try {
    symlinkSync(path.basename(folder), link);
  } catch (error) {
    if (existsSync(path.join(link, "bin", "ansible-vault"))) rmSync(folder, { recursive: true, force: true });
    else throw error;
  }
  return path.join(link, "bin");
}

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a program to its end, even if it fails. */
export async function answer(
  program: string,
  args: readonly string[],
  {
    cwd,
    input = "",
    env = {},
  }: { readonly cwd?: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ stdout, stderr, code: error ? (typeof error.code === "number" ? error.code : 255) : 0 }),
    );
    child.stdin?.end(input);
  });
}

/** Runs one of Ansible's programs without the user's configuration. */
export async function ansible(
  program: string,
  args: readonly string[],
  options: Parameters<typeof answer>[2] = {},
): Promise<Answer> {
  const bin = await ansibleBin();
  const configuration = path.join(bin, "..", "empty.cfg");
  if (!existsSync(configuration)) writeFileSync(configuration, "");
  const env = {
    ANSIBLE_CONFIG: configuration,
    ANSIBLE_NOCOLOR: "1",
    ANSIBLE_DEPRECATION_WARNINGS: "0",
    ...options.env,
  };
  return answer(path.join(bin, program), args, { ...options, env });
}

const program = path.resolve("lib/engine/cli/kubeplay.mjs");

/** Runs kubeplay as a separate process. */
export const kubeplay = (args: readonly string[], options: Parameters<typeof answer>[2] = {}): Promise<Answer> =>
  answer(process.execPath, [program, ...args], { ...options, env: { NO_COLOR: "1", ...options.env } });
