import { existsSync } from "node:fs";
import path from "node:path";
import { InputError, OptionError } from "../../errors.ts";
import { didYouMean } from "../../schema/nearest.ts";
import { writeNew } from "./templates.ts";

/** The files of a new one of each kind, the main one first, and the template in new/ of each. */
const files: Readonly<Record<string, (name: string) => Readonly<Record<string, string>>>> = {
  role: (name) => ({ [`roles/${name}/index.ts`]: "role.ts", [`spec/${name}.spec.ts`]: "role-spec.ts" }),
  playbook: (name) => ({ [`playbooks/${name}.ts`]: "playbook.ts" }),
  resource: (name) => ({ [`resources/${name}.ts`]: "resource.ts" }),
};

export const kinds = Object.keys(files);
const usage = `Usage: kubeplay new ${kinds.join("|")} NAME`;

/**
 * `kubeplay new KIND NAME`: writes a role with its spec, a playbook or a resource to start from. Returns the exit code. Throws
 * OptionError for another kind or a name that cannot be one, InputError if there is one of this name.
 */
export function newCommand(args: readonly string[], root: string): number {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  const [kind = "", name = "", ...more] = args;
  const filesOf = files[kind];
  if (!filesOf || name === "" || more.length > 0) throw new OptionError(`${unknownKind(kind)}${usage}`);
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new OptionError(`${name}: expected a name of small letters, digits and dashes, such as web-server`);
  const made = Object.entries(filesOf(name));
  const there = made.find(([file]) => existsSync(path.join(root, file)));
  if (there) throw new InputError([{ message: `${there[0]} is there already` }]);
  const identifier = name.replaceAll(/-+(\w?)/g, (_, letter: string) => letter.toUpperCase());
  const values = { name, identifier, variable: name.replaceAll("-", "_") };
  for (const [file, template] of made) {
    writeNew(path.join(root, file), path.join("new", template), values);
    console.log(`written: ${file}`);
  }
  return 0;
}

const unknownKind = (kind: string): string =>
  kind === "" || kinds.includes(kind) ? "" : `there is no kind ${kind}${didYouMean(kind, kinds)}. `;
