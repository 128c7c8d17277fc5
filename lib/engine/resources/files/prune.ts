import { TaskError } from "../../errors.ts";
import { content } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { names, type EntriesState } from "../../queries/entries.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { effect, type Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { pattern } from "./edited-file.ts";
import { enter, here } from "./path-commands.ts";
import { absent } from "./wanted-file.ts";

/** The properties of `prune`. */
export interface PruneProps {
  /** Absolute path of a folder on the host. If it does not exist, there is nothing to remove. */
  readonly path: string;
  /** The names that stay. */
  readonly keep: readonly string[];
  /** A regular expression: only names that match are removed. */
  readonly match?: string;
}

interface PruneNow {
  readonly folder: PathState;
  readonly names: EntriesState;
}

/**
 * A folder without the files and folders that nothing names: what is taken out of a list of the role leaves the host. A
 * folder is removed with everything in it, but for other file systems. Fails with TaskError if the path is no folder.
 *
 * @example
 * const names = vars.sites.map((site) => `${site.name}.conf`);
 * prune("Remove other sites", { path: "/etc/nginx/sites-enabled", keep: names, match: "\\.conf$" }).notify(reloaded);
 */
export const prune = defineResource({
  kind: "prune",
  props: { path: prop.text, keep: prop.listOf(prop.text), match: prop.optional(prop.text) },
  label: (p: PruneProps) => p.path,
  locate: (given) => {
    const p = { ...given, path: absolutePath(given.path) };
    if (p.path === "/") throw new TaskError("/ cannot be pruned");
    const bad = p.keep.find((name) => name === "" || name === "." || name === ".." || name.includes("/"));
    if (bad !== undefined)
      throw new TaskError(
        `${p.path}: ${JSON.stringify(bad)} is not the name of a file in it, expected one without "/"`,
      );
    pattern(p.path, "match", p.match ?? "");
    return p;
  },
  needs: (p) => ({ folder: pathQuery(p.path), names: names(p.path) }),
  diff: (now: PruneNow, p): Difference[] => {
    if (now.folder.type !== "directory" && now.folder.type !== "absent")
      throw new TaskError(`${p.path} is a ${now.folder.type}, expected a folder`);
    return surplus(now, p).map((name) => ({ what: name, before: "present", after: "absent" }));
  },
  apply: (found, _now, p) => [
    `${enter(p.path)} && rm -rf --one-file-system -- ${found.map(({ what }) => here(what)).join(" ")}`,
  ],
  forecast: (now, p) => ({ names: now.names?.filter((name) => !surplus(now, p).includes(name)) }),
  effects: (p, found) => [
    "everything",
    ...found
      .map(({ what }) => `${p.path}/${what}`)
      .flatMap((name) => [
        ...[effect(pathQuery(name), absent), effect(content(name), undefined), effect(digest(name), undefined)],
        { below: name, state: "gone" } as const,
      ]),
  ],
  makesOnlyItself: true,
});

function surplus({ names: there = [] }: PruneNow, { path, keep, match = "" }: PruneProps): string[] {
  const matching = pattern(path, "match", match);
  return there.filter((name) => !keep.includes(name) && matching.test(name));
}
