import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Play, Playbook, Role } from "../../dsl/index.ts";
import { InputError, PlayError } from "../../errors.ts";
import { didYouMean } from "../../schema/nearest.ts";
import { parseTemplate } from "../../template/index.ts";

/** The file of a playbook, by its name or path; undefined if there is none. */
export function playbookFile(root: string, name: string): string | undefined {
  const candidates = [path.join(root, "playbooks", `${name}.ts`), path.resolve(root, name)];
  return candidates.find((candidate) => existsSync(candidate) && path.extname(candidate) === ".ts");
}

/** Starts the program again if the playbook is not part of what was compiled: its modules are unknown until then. */
export async function compiledIn(root: string, playbook: string): Promise<void> {
  const { kubeplayCompiled: compiled, kubeplayWith: again } = globalThis;
  const file = playbookFile(root, playbook);
  if (file !== undefined && compiled && again && !compiled[file]) await again(file);
}

/** The names of the project's playbooks. */
export const playbookNames = (root: string): string[] =>
  entriesIn(path.join(root, "playbooks"))
    .map((entry) => path.parse(entry).name)
    .filter((entry) => entry !== "index");

/** Loads a playbook by its path, or by its name in the project's playbooks/. */
export async function loadPlaybook(root: string, name: string): Promise<Playbook> {
  if (name === "vault" || name === "inventory")
    throw new InputError([
      {
        message: `${name} is a command and must come first: play ${name} …; to run a playbook named ${name}, give its path: play playbooks/${name}.ts`,
      },
    ]);
  const file = playbookFile(root, name);
  if (!file) {
    const names = playbookNames(root);
    throw new InputError([
      {
        message: `no playbook ${name} in playbooks/${didYouMean(name, names) || script(root, name)}; there are: ${names.join(", ")}`,
      },
    ]);
  }
  const playbook = await importDefault(file);
  if (!Array.isArray(playbook)) throw new PlayError(`${file}: expected a playbook as its default export`);
  return playbook as Playbook;
}

/** `, but npm run NAME` if that is a script of the project's package.json. */
function script(root: string, name: string): string {
  try {
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts?: object };
    return scripts && Object.hasOwn(scripts, name) ? `, but there is a program: npm run ${name}` : "";
  } catch {
    return "";
  }
}

/**
 * Loads every role of the project, because their variables are valid whichever playbook runs: those of roles/, and those
 * that its playbooks import from packages. `broken` is called for a file that cannot be loaded; by default, that is an
 * error.
 */
export async function loadRoles(root: string, broken: (message: string) => void = fail): Promise<Role[]> {
  const playbooks = entriesIn(path.join(root, "playbooks")).filter((file) => file.endsWith(".ts"));
  const roles = entriesIn(path.join(root, "roles")).map((folder) => path.join(folder, "index.ts"));
  const files = [...roles.filter((file) => existsSync(file)), ...playbooks];
  const modules = await Promise.all(files.map((file) => importCompiled(file).catch(asPlayError)));
  const found = modules.flatMap((exported) => {
    if (!(exported instanceof PlayError)) return Object.values(exported as object).flatMap(rolesIn);
    broken(exported.message);
    return [];
  });
  return [...new Set(found)];
}

const entriesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];

/** The role that a module exports, or those of a playbook that it exports. */
function rolesIn(value: unknown): Role[] {
  if (isRole(value)) return [value];
  return Array.isArray(value) ? (value as Partial<Play>[]).flatMap(({ roles = [] }) => roles) : [];
}

/** Rejects with PlayError also for a file that could not be compiled. */
function importCompiled(file: string): Promise<unknown> {
  const { kubeplayCompiled: compiled, kubeplayBroken: broken } = globalThis;
  const why = compiled?.[file] === undefined ? broken?.[file] : undefined;
  return why === undefined ? importFile(file) : Promise.reject(new PlayError(`${file} could not be compiled: ${why}`));
}

function asPlayError(error: unknown): PlayError {
  if (error instanceof PlayError) return error;
  throw error;
}

function fail(message: string): never {
  throw new PlayError(message);
}

/** Parses every template of these roles, so that a mistake is found before the run starts. Throws InputError. */
export function checkTemplates(roles: readonly Role[]): void {
  const problems = roles.flatMap((role) => {
    const folder = path.join(role.folder, "templates");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".hbs"))
      .flatMap((name) => {
        try {
          parseTemplate(path.join(folder, name));
          return [];
        } catch (error) {
          if (error instanceof InputError) return error.problems;
          throw error;
        }
      });
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** Throws PlayError if a file is not valid TypeScript, or throws while it is loaded: the user must correct it. */
async function importFile(file: string): Promise<unknown> {
  const { kubeplayCompiled: compiled, kubeplayWith: again } = globalThis;
  if (compiled && again && !compiled[file]) return again(file);
  try {
    return await import(pathToFileURL(compiled?.[file] ?? file).href);
  } catch (error) {
    if (error instanceof PlayError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlayError(`${file} could not be loaded: ${reason}`, { cause: error });
  }
}

async function importDefault(file: string): Promise<unknown> {
  const exported = await importFile(file);
  return typeof exported === "object" && exported !== null && "default" in exported ? exported.default : undefined;
}

const isRole = (value: unknown): value is Role =>
  typeof value === "object" && value !== null && "tasks" in value && "vars" in value && "folder" in value;
