import path from "node:path";
import { InputError, OptionError } from "../../errors.ts";
import { didYouMean } from "../../schema/nearest.ts";
import { writeNew } from "./templates.ts";

/** Where a new one of each kind is written. */
const places: Readonly<Record<string, (name: string) => string>> = {
  role: (name) => path.join("roles", name, "index.ts"),
  playbook: (name) => path.join("playbooks", `${name}.ts`),
  resource: (name) => path.join("resources", `${name}.ts`),
};

const kinds = Object.keys(places);
const usage = `Usage: kubeplay new ${kinds.join("|")} NAME`;

/**
 * `kubeplay new KIND NAME`: writes a role, a playbook or a resource to start from. Returns the exit code. Throws
 * OptionError for another kind or a name that cannot be one, InputError if there is one of this name.
 */
export function newCommand(args: readonly string[], root: string): number {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  const [kind = "", name = "", ...more] = args;
  const place = places[kind];
  if (!place || name === "" || more.length > 0) throw new OptionError(`${unknownKind(kind)}${usage}`);
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new OptionError(`${name}: expected a name of small letters, digits and dashes, such as web-server`);
  const file = place(name);
  const identifier = name.replaceAll(/-+(\w?)/g, (_, letter: string) => letter.toUpperCase());
  const values = { name, identifier, variable: name.replaceAll("-", "_") };
  if (!writeNew(path.join(root, file), path.join("new", `${kind}.ts`), values))
    throw new InputError([{ message: `${file} is there already` }]);
  console.log(`written: ${file}`);
  return 0;
}

const unknownKind = (kind: string): string =>
  kind === "" || kinds.includes(kind) ? "" : `there is no kind ${kind}${didYouMean(kind, kinds)}. `;
