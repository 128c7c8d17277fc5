import { Command } from "commander";
import type { Role } from "../../dsl/index.ts";
import { InputError } from "../../errors.ts";
import { didYouMean } from "../../schema/nearest.ts";
import { parse } from "../parse.ts";
import { loadRoles } from "../play/load.ts";
import { roleSection } from "../variables-page.ts";

/** The options of `kubeplay roles`. */
export const rolesOptions = (): Command =>
  new Command("kubeplay roles")
    .description("List the roles of this project, and those of packages that its playbooks use.")
    .argument("[role...]", "only these roles")
    .option("--docs", "describe their variables, in Markdown", false);

/** `kubeplay roles`: lists the roles of a project, or describes their variables. Returns the exit code. */
export async function rolesCommand(args: readonly string[], root: string): Promise<number> {
  const text = await rolesText(args, root);
  if (text !== undefined) console.log(text);
  return 0;
}

/** The text to print; undefined after --help. Throws InputError for a role that the project does not have. */
export async function rolesText(args: readonly string[], root: string): Promise<string | undefined> {
  const command = rolesOptions();
  if (!parse(command, args)) return undefined;
  const roles = chosen(await loadRoles(root), command.args);
  if (command.opts<{ docs: boolean }>().docs) return ["# Roles", "", ...roles.map(roleSection)].join("\n").trimEnd();
  const width = Math.max(...roles.map(({ name }) => name.length));
  return roles.map(({ name, description }) => `${name.padEnd(width)}  ${description}`).join("\n");
}

function chosen(all: readonly Role[], names: readonly string[]): readonly Role[] {
  // A playbook may have several variants of one role.
  const known = new Map([...all].reverse().map((role) => [role.name, role]));
  const sorted = [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new InputError(
      unknown.map((name) => ({ message: `there is no role ${name}${didYouMean(name, [...known.keys()])}` })),
    );
  return names.length === 0 ? sorted : sorted.filter(({ name }) => names.includes(name));
}
