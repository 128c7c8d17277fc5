import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { InputError } from "../../errors.ts";
import { shownPath } from "../../files.ts";
import { parse } from "../parse.ts";
import { convertOptions } from "./options.ts";
import { RoleConverter, type ConvertedRole } from "./role.ts";

/** `kubeplay convert FOLDER`: writes a role of kubeplay for a role of Ansible. Returns the exit code. */
export function convertCommand(args: readonly string[], root: string): number {
  const command = convertOptions();
  if (!parse(command, args)) return 0;
  const [given = ""] = command.args;
  const folder = path.resolve(root, given);
  const to = path.resolve(root, command.opts<{ to?: string }>().to ?? path.join("roles", path.basename(folder)));
  if (!["tasks", "handlers", "defaults"].some((name) => existsSync(path.join(folder, name))))
    throw new InputError([
      { message: `${shownPath(folder, root)} is no role of Ansible, expected a folder with tasks/main.yml` },
    ]);
  const converted = new RoleConverter(folder).convert();
  const there = [...converted.files.keys()].find((name) => existsSync(path.join(to, name)));
  if (there !== undefined)
    throw new InputError([
      { message: `${shownPath(path.join(to, there), root)} is there already: remove it, or give --to` },
    ]);
  for (const [name, text] of converted.files) {
    mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    writeFileSync(path.join(to, name), text, { flag: "wx" });
  }
  const files = path.join(folder, "files");
  if (to !== folder && existsSync(files)) cpSync(files, path.join(to, "files"), { recursive: true });
  console.log(report(converted, shownPath(to, root)));
  return 0;
}

/** What became of the tasks and templates, and what a person must do. */
function report({ tasks, templates }: ConvertedRole, to: string): string {
  const count = (outcome: string): string => String(tasks.filter((task) => task.outcome === outcome).length);
  const byHand = tasks.filter(({ outcome }) => outcome === "by hand");
  const done = templates.filter(({ why }) => why === undefined).length;
  return [
    `written: ${to}`,
    `tasks: ${count("native")} native, ${count("module")} by ansibleModule, ${count("by hand")} by hand, ${count("other system")} left out for other systems`,
    `templates: ${String(done)} of ${String(templates.length)}`,
    ...byHand.map(({ name, why = "" }) => `by hand: ${name}: ${why}`),
    "Format it, check its types, and play it with --check --diff before you rely on it.",
  ].join("\n");
}
