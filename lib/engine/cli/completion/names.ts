import path from "node:path";
import { readdirSync } from "node:fs";
import { loadInventory } from "../../inventory/load.ts";
import type { Mask } from "../../runner/index.ts";
import { useVault, Vault } from "../../vault/index.ts";
import { parseCommandLine } from "../options.ts";
import { loadRoles, playbookNames } from "../play/load.ts";
import { prepare } from "../play/prepare.ts";
import { tagsOf } from "../play/list.ts";

/** The names that an option or argument takes, by its name on the command line. */
export type Names = Readonly<Record<string, readonly string[]>>;

export interface Words {
  /** The words before the one to complete. */
  readonly before: readonly string[];
  /** The word to complete, as far as it is there. */
  readonly current: string;
}

/**
 * The names of this project that can come next. Only those are looked up: the tags of a playbook cost its loading. What
 * cannot be read, such as a broken inventory, has no names: a completion must not fail.
 */
export async function namesFor({ before, current }: Words, root: string, mask: Mask): Promise<Names> {
  const last = before.at(-1) ?? "";
  const option = options.find(({ flags }) => flags.includes(last));
  if (option) return { [option.name]: await quietly(() => option.names({ before, current }, root, mask)) };
  return {
    playbook: playbookNames(root),
    role: before[0] === "roles" ? await quietly(async () => (await loadRoles(root)).map(({ name }) => name)) : [],
    file: files(current, root),
  };
}

interface OptionNames {
  readonly name: string;
  readonly flags: readonly string[];
  readonly names: (words: Words, root: string, mask: Mask) => Promise<readonly string[]> | readonly string[];
}

const options: readonly OptionNames[] = [
  { name: "limit", flags: ["-l", "--limit"], names: hosts },
  { name: "host", flags: ["--host"], names: hosts },
  { name: "tags", flags: ["-t", "--tags"], names: tags },
  { name: "skip-tags", flags: ["--skip-tags"], names: tags },
  ...["inventory", "private-key", "apply", "plan", "vault-password-file", "output"].map((name) => ({
    name,
    flags: [`--${name}`, ...(name === "inventory" ? ["-i"] : [])],
    names: ({ current }: Words, root: string) => files(current, root),
  })),
];

function hosts({ before }: Words, root: string): readonly string[] {
  const given = before.filter((_word, index) => ["-i", "--inventory"].includes(before[index - 1] ?? ""));
  const file = (given.length > 0 ? given : ["hosts.yaml"]).map((one) => path.resolve(root, one));
  const inventory = loadInventory({ file, root, extraVars: [] });
  return [...new Set(inventory.hosts.flatMap(({ name, groups }) => [name, ...groups]))];
}

/** The tags of the playbook of the line, after those that are there already. */
async function tags({ before, current }: Words, root: string, mask: Mask): Promise<readonly string[]> {
  const words = before.slice(before[0] === "play" ? 1 : 0, -1);
  const line = parseCommandLine(["--list-tags", ...words], "");
  if (!line) return [];
  useVault(new Vault([], (secret) => mask.add(secret)));
  const { playbook, inventory, variables } = await prepare(line, root, mask);
  const there = current.slice(0, current.lastIndexOf(",") + 1);
  return tagsOf(playbook, inventory, variables, line).map((tag) => `${there}${tag}`);
}

/** The entries of the folder that the word names so far. */
function files(current: string, root: string): string[] {
  const folder = current.slice(0, current.lastIndexOf("/") + 1);
  try {
    return readdirSync(path.resolve(root, folder), { withFileTypes: true }).map(
      (entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`,
    );
  } catch {
    return [];
  }
}

async function quietly<Name>(names: () => Promise<readonly Name[]> | readonly Name[]): Promise<readonly Name[]> {
  try {
    return await names();
  } catch {
    return [];
  }
}
