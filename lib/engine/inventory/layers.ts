import path from "node:path";
import type { Problem } from "../errors.ts";
import type { Assignment } from "../schema/types.ts";
import { didYouMean } from "../schema/nearest.ts";
import type { Vault } from "../vault/index.ts";
import { strengthOrder, type Group } from "./groups.ts";
import type { RawHost } from "./builder.ts";
import { VarsFolder } from "./vars-folder.ts";

export interface LayerSources {
  readonly groups: ReadonlyMap<string, Group>;
  /** The folders of group_vars and host_vars: the inventory file's, then the project's. Each is read once. */
  readonly folders: readonly string[];
  readonly shown: (file: string) => string;
  /** Variables that --user, --become and the like set for every host. All other layers override them. */
  readonly defaults: readonly Assignment[];
  readonly extraVars: readonly Assignment[];
  readonly vault: Vault;
}

/** All assignments for a host, weakest first, in Ansible's order. */
export class Layers {
  readonly #sources: LayerSources;
  readonly groupVars: readonly VarsFolder[];
  readonly hostVars: readonly VarsFolder[];

  constructor(sources: LayerSources, files?: Pick<Layers, "groupVars" | "hostVars">) {
    const inEach = (name: string): VarsFolder[] =>
      [...new Set(sources.folders)].map(
        (folder) => new VarsFolder(path.join(folder, name), sources.shown, sources.vault),
      );
    this.#sources = sources;
    this.groupVars = files?.groupVars ?? inEach("group_vars");
    this.hostVars = files?.hostVars ?? inEach("host_vars");
  }

  /** The same with other groups. No file is read again. */
  withGroups(groups: ReadonlyMap<string, Group>): Layers {
    return new Layers({ ...this.#sources, groups }, this);
  }

  /** Warnings about files for an unknown group or host whose name is close to a known one. No host uses such a file. */
  notices(hosts: readonly string[]): string[] {
    const groups = [...this.#sources.groups.keys()];
    const about = (what: string, folders: readonly VarsFolder[], known: readonly string[]): string[] =>
      folders.flatMap((folder) =>
        [...folder.names()].flatMap(([name, file]) => {
          const hint = known.includes(name) ? "" : didYouMean(name, known);
          return hint === "" ? [] : [`${file} is not used: there is no ${what} "${name}"${hint}`];
        }),
      );
    return [...about("group", this.groupVars, groups), ...about("host", this.hostVars, hosts)];
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
      ...this.groupVars.flatMap((folder) => folder.of("all", problems)),
      ...this.groupVars.flatMap((folder) => own.flatMap(({ name }) => folder.of(name, problems))),
      ...host.vars,
      ...this.hostVars.flatMap((folder) => folder.of(host.name, problems)),
      ...extraVars,
    ];
  }
}
