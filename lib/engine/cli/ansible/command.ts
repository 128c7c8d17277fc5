import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { pythonIn, venvOf } from "../../ansible/python.ts";
import { OptionError, PlayError } from "../../errors.ts";
import { shownPath } from "../../files.ts";
import { parse } from "../parse.ts";

/** The command line of `kubeplay ansible install`. */
export const installOptions = (): Command =>
  new Command("kubeplay ansible install")
    .description("Install ansible-core from PyPI into .kubeplay/ansible, for tasks that use ansibleModule.")
    .argument("[package...]", "what pip installs: ansible has most collections too; ansible-core by default")
    .option("--python <program>", "the Python that makes the environment", "python3");

/** `kubeplay ansible install`: an ansible-core of the project's own, for ansibleModule. Returns the exit code. */
export async function ansibleCommand([verb = "", ...args]: readonly string[], root: string): Promise<number> {
  const command = installOptions();
  const isHelp = ["--help", "-h"].includes(verb);
  if (!isHelp && verb !== "install")
    throw new OptionError(`kubeplay ansible has one command, install${verb && `: there is no ${verb}`}`);
  if (!parse(command, isHelp ? [verb] : args)) return 0;
  const packages = command.args.length === 0 ? ["ansible-core"] : command.args;
  await install(venvOf(root), command.opts<{ python: string }>().python, packages);
  return 0;
}

async function install(venv: string, python: string, packages: readonly string[]): Promise<void> {
  mkdirSync(path.dirname(venv), { recursive: true });
  rmSync(venv, { recursive: true, force: true });
  try {
    await run(python, ["-m", "venv", venv]);
    await run(pythonIn(venv), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", ...packages]);
    await run(pythonIn(venv), ["-c", "from ansible.release import __version__ as v; print('ansible-core', v)"]);
  } catch (error) {
    // An environment without ansible-core would hide the one in the PATH.
    rmSync(venv, { recursive: true, force: true });
    throw error;
  }
  console.log(`installed in ${shownPath(venv)}`);
}

/** Its output is the terminal's. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "close").catch((error: unknown) => [String(error)])) as [unknown];
  if (code !== 0)
    throw new PlayError(
      `${program} ${args.slice(0, 3).join(" ")} … failed (${String(code)}). It needs Python 3.10 or newer with venv (Debian's ` +
        "python3-venv), and PyPI or a mirror of it",
    );
}
