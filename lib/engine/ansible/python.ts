import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { InputError } from "../errors.ts";

/** The folder of a project for an ansible-core of its own, which `kubeplay ansible install` makes. */
export const venvOf = (root: string): string => path.join(root, ".kubeplay", "ansible");

/** The Python of a virtual environment. */
export const pythonIn = (venv: string): string => path.join(venv, "bin", "python");

/**
 * The Python that has ansible-core: that of KUBEPLAY_ANSIBLE_PYTHON, of the project's own environment, or of the
 * `ansible-playbook` in the PATH. Throws InputError if there is none.
 */
export function ansiblePython(root = process.cwd(), environment: NodeJS.ProcessEnv = process.env): string {
  const { KUBEPLAY_ANSIBLE_PYTHON: set = "", PATH = "" } = environment;
  if (set !== "") return set;
  const own = pythonIn(venvOf(root));
  if (existsSync(own)) return own;
  const program = PATH.split(path.delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, "ansible-playbook"))
    .find(isExecutable);
  const found = program === undefined ? undefined : interpreterOf(program);
  if (found !== undefined) return found;
  const message =
    "ansibleModule needs ansible-core on the controller, and there is none: run `npx kubeplay ansible install`, " +
    "put ansible-playbook into the PATH, or name a Python that has it in KUBEPLAY_ANSIBLE_PYTHON";
  throw new InputError([{ message }]);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** pip writes the interpreter into the first line of a program, or, if its path is long, into an exec in the second. */
function interpreterOf(program: string): string | undefined {
  const head = readFileSync(program, "utf8").slice(0, 4096);
  const found =
    /^#! ?(\/[^\n]*python[^\s/]*)\s*$/m.exec(head) ?? /^'''exec' "?(\/[^\n"]*?python[^\s/"]*)"? /m.exec(head);
  return found?.[1];
}
