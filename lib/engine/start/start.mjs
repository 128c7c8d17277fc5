// @ts-check
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { compiled } from "./compiled.mjs";
import "./environment.mjs";
import { home } from "./home.mjs";

/**
 * Reports a source that is not valid TypeScript with file, line and column, and ends the process.
 * @param {Error & Partial<import("esbuild").BuildFailure>} failure
 * @returns {Promise<never>}
 */
async function explain(failure) {
  if (!failure.errors) throw failure;
  const { formatMessages } = await import("esbuild");
  const options = /** @type {const} */ ({ kind: "error", color: process.stderr.isTTY });
  for (const text of await formatMessages(failure.errors, options)) console.error(text.trimEnd());
  console.error("Nothing was changed.");
  process.exit(1);
}

/** Names a playbook that is not on the command line: that of a plan, or of the last run. */
const alsoCompiled = "KUBEPLAY_ALSO_COMPILED";

/**
 * Starts the program again with a playbook compiled in. Compiled separately, the playbook would have its own engine.
 * @param {string} playbook
 * @returns {Promise<never>}
 */
function again(playbook) {
  const env = { ...process.env, [alsoCompiled]: playbook };
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { env, stdio: "inherit" });
  // The terminal sends Ctrl-C to both processes; the child handles it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  return new Promise((_resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/**
 * Runs a program of kubeplay with the rest of the command line, for the project in the current folder. Once compiled, it
 * starts in a tenth of the time that loading several hundred modules takes.
 * @param {string} program its path in kubeplay's folder, without ".ts"
 */
export async function start(program) {
  const project = process.cwd();
  const source = path.join(home, program);
  const file = existsSync(`${source}.ts`) ? `${source}.ts` : `${source}.js`;
  const args = process.argv.slice(2);
  // An option's value that is a playbook's name does no harm.
  const byName = args.map((word) => path.join(project, "playbooks", `${word}.ts`));
  const byPath = args.filter((word) => word.endsWith(".ts"));
  const { outputs, modules, broken } = await compiled(project, [
    file,
    ...byPath,
    ...byName,
    process.env[alsoCompiled] ?? "",
  ]).catch(explain);
  globalThis.kubeplayCompiled = outputs;
  globalThis.kubeplayModules = modules;
  globalThis.kubeplayBroken = broken;
  if (!(alsoCompiled in process.env)) globalThis.kubeplayWith = again;
  await import(pathToFileURL(outputs[file] ?? file).href);
}
