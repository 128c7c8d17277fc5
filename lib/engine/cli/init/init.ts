import { readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { parse } from "../parse.ts";
import { packageFolder, version } from "../version.ts";
import { writeNew } from "./templates.ts";

/** Each file of a new project, and its template in project/. */
const files: Readonly<Record<string, string>> = {
  "package.json": "package.json",
  "tsconfig.json": "tsconfig.json",
  ".gitignore": "gitignore",
  ".vscode/settings.json": "settings.json",
  "hosts.yaml": "hosts.yaml",
  "group_vars/all.yaml": "all.yaml",
  "playbooks/site.ts": "playbook.ts",
  "roles/motd/index.ts": "role.ts",
  "roles/motd/templates/motd.hbs": "motd.hbs",
  "spec/motd.spec.ts": "spec.ts",
  "spec/hosts/motd.spec.ts": "host-spec.ts",
};

/** The command line of `kubeplay init`. */
export const initOptions = (): Command =>
  new Command("kubeplay init").description(
    "Make a project in the current folder: an inventory, variables, a playbook, and a role with its specs.",
  );

/** `kubeplay init`: makes a project in the current folder. Files that are there stay as they are. Returns the exit code. */
export function initCommand(args: readonly string[], root: string): number {
  if (!parse(initOptions(), args)) return 0;
  const values = { name: projectName(root), version: version(), ...dependencies() };
  for (const [file, template] of Object.entries(files)) {
    const written = writeNew(path.join(root, file), path.join("project", template), values);
    console.log(`${written ? "written:" : "kept:   "} ${file}`);
  }
  console.log(`
Next:
    npm install
    npm test                                 # the role's spec; npm run test:hosts needs podman or docker
    npx kubeplay play site --check --diff    # what would change
    npx kubeplay play site`);
  return 0;
}

/** A name that npm accepts. */
const projectName = (root: string): string =>
  path
    .basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "") || "my-hosts";

/** The ranges of the packages that a project shares with kubeplay. */
function dependencies(): { typebox: string; tsx: string; nodeTypes: string } {
  const file = path.join(packageFolder(), "package.json");
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as Ranges;
  const { typebox = "*", tsx = "*" } = dependencies;
  return { typebox, tsx, nodeTypes: devDependencies["@types/node"] ?? "*" };
}

interface Ranges {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
