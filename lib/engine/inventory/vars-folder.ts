import { readdirSync, type Dirent } from "node:fs";
import path from "node:path";
import type { Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import type { Vault } from "../vault/index.ts";
import { assignmentsIn } from "./parse.ts";
import { readYaml } from "./yaml-source.ts";

const extensions = new Set(["", ".yaml", ".yml", ".json"]);

/** The variables of a group_vars or host_vars folder by name. Each file is read once, and only on demand. */
export class VarsFolder {
  readonly #folder: string;
  readonly #shown: (file: string) => string;
  readonly #entries: ReadonlyMap<string, readonly Dirent[]>;
  readonly #vault: Vault;
  readonly #read = new Map<string, readonly Assignment[]>();

  constructor(folder: string, shown: (file: string) => string, vault: Vault) {
    this.#folder = folder;
    this.#shown = shown;
    this.#vault = vault;
    const entries = new Map<string, Dirent[]>();
    for (const entry of list(folder)) entries.set(entryName(entry), [...(entries.get(entryName(entry)) ?? []), entry]);
    this.#entries = entries;
  }

  /** The names that the folder has variables for, each with its file. */
  names(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#entries].map(([name, [first]]) => [name, this.#shown(path.join(this.#folder, first?.name ?? name))]),
    );
  }

  of(name: string, problems: Problem[]): readonly Assignment[] {
    const known = this.#read.get(name);
    if (known) return known;
    const found = this.#assignments(name, problems);
    this.#read.set(name, found);
    return found;
  }

  #assignments(name: string, problems: Problem[]): Assignment[] {
    const [first, second] = this.#entries.get(name) ?? [];
    if (!first) return [];
    const file = path.join(this.#folder, first.name);
    if (second)
      // Ansible would silently take one of them.
      problems.push({
        message: `${second.name} is for the same name; merge them into one file or one folder`,
        where: { file: this.#shown(file) },
      });
    return filesIn(file, first).flatMap((part) => {
      const shown = this.#shown(part);
      const source = readYaml(part, shown, problems, this.#vault);
      return source ? assignmentsIn(source, [], source.value, shown, problems) : [];
    });
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && !name.endsWith("~"))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // There is no such folder.
    return [];
  }
}

/** node-1.yaml and node-1/ are for node-1; a file node-1.example.org is for the host of that name. */
function entryName(entry: Dirent): string {
  const extension = path.extname(entry.name);
  return entry.isDirectory() || !extensions.has(extension) ? entry.name : path.basename(entry.name, extension);
}

/** The file itself, or all files of a folder and its subfolders, by name. */
const filesIn = (file: string, entry: Dirent): string[] =>
  entry.isDirectory()
    ? list(file)
        .filter((inner) => inner.isDirectory() || extensions.has(path.extname(inner.name)))
        .flatMap((inner) => filesIn(path.join(file, inner.name), inner))
    : [file];
