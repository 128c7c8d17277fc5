import path from "node:path";
import type { Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import { didYouMean } from "../schema/nearest.ts";
import type { Vault } from "../vault/index.ts";
import { strengthOrder, type Group } from "./groups.ts";
import type { RawHost } from "./parse.ts";
import { VarsFolder } from "./vars-folder.ts";

export interface LayerSources {
  readonly groups: ReadonlyMap<string, Group>;
  /** Where group_vars and host_vars are: beside the inventory file, then the project; each once. */
  readonly folders: readonly string[];
  readonly shown: (file: string) => string;
  /** What the command line says of every host, weaker than all else: --user, --become. */
  readonly defaults: readonly Assignment[];
  readonly extraVars: readonly Assignment[];
  readonly vault: Vault;
}

/** Every assignment that reaches a host, weakest first, in the order that Ansible has. */
export class Layers {
  readonly #sources: LayerSources;
  readonly #groupVars: readonly VarsFolder[];
  readonly #hostVars: readonly VarsFolder[];

  constructor(sources: LayerSources) {
    const inEach = (name: string): VarsFolder[] =>
      [...new Set(sources.folders)].map(
        (folder) => new VarsFolder(path.join(folder, name), sources.shown, sources.vault),
      );
    this.#sources = sources;
    this.#groupVars = inEach("group_vars");
    this.#hostVars = inEach("host_vars");
  }

  /** Files that speak of nobody here though a name is near: what they say would be missed in silence. */
  notices(hosts: readonly string[]): string[] {
    const groups = [...this.#sources.groups.keys()];
    const about = (what: string, folders: readonly VarsFolder[], known: readonly string[]): string[] =>
      folders.flatMap((folder) =>
        [...folder.names()].flatMap(([name, file]) => {
          const hint = known.includes(name) ? "" : didYouMean(name, known);
          return hint === "" ? [] : [`${file} is not used: there is no ${what} "${name}"${hint}`];
        }),
      );
    return [...about("group", this.#groupVars, groups), ...about("host", this.#hostVars, hosts)];
  }

  of(host: Pick<RawHost, "name" | "vars">, groupNames: readonly string[], problems: Problem[]): Assignment[] {
    const { groups, defaults, extraVars } = this.#sources;
    const own = groupNames
      .filter((name) => name !== "all")
      .flatMap((name) => groups.get(name) ?? [])
      .sort(strengthOrder);
    return [
      ...defaults,
      ...(groups.get("all")?.vars ?? []),
      ...own.flatMap(({ vars }) => vars),
      ...this.#groupVars.flatMap((folder) => folder.of("all", problems)),
      ...this.#groupVars.flatMap((folder) => own.flatMap(({ name }) => folder.of(name, problems))),
      ...host.vars,
      ...this.#hostVars.flatMap((folder) => folder.of(host.name, problems)),
      ...extraVars,
    ];
  }
}
