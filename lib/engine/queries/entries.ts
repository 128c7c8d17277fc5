import { defineQuery, type HostQuery, type Query } from "./define.ts";
import type { TaskError } from "../errors.ts";
import { absolutePath, unreadable, words } from "./keys.ts";
import { unseen, withErrors } from "./unseen.ts";

/** The names in a directory, hidden ones too, sorted; undefined if there is no directory. */
export type EntriesState = readonly string[] | undefined;

const reading: Pick<HostQuery<EntriesState>, "ask" | "parse"> = {
  // One find for all; a name ends with NUL, as it may contain anything else. The directory's own entry has no name.
  ask: (paths) => withErrors(`LC_ALL=C find -H ${words(paths)} -maxdepth 1 -printf '%y\\t%H\\t%P\\0'`),
  parse: (stdout, paths) => {
    const records = stdout.split("\0");
    const errors = records.pop() ?? "";
    const found = new Map<string, string[] | undefined>(paths.map((path) => [path, undefined]));
    for (const entry of records) {
      const [, type, path, name] = /^(.)\t([^\t]*)\t([^]*)$/.exec(entry) ?? [];
      if (path === undefined || name === undefined) throw unreadable(entry);
      if (name !== "") found.get(path)?.push(name);
      else if (type === "d") found.set(path, []);
    }
    for (const names of found.values()) names?.sort();
    const missing = paths.filter((path) => found.get(path) === undefined);
    return new Map<string, EntriesState | TaskError>([...found, ...unseen(errors, paths, missing)]);
  },
};
const of = defineQuery<EntriesState>({
  kind: "entries",
  ...reading,
});
const afresh = defineQuery<EntriesState>({
  kind: "names",
  ...reading,
  volatile: true,
});

/**
 * The names in the directory at an absolute path on the host. Follows a link to one. Throws TaskError for another path.
 */
export const entries = (path: string): Query<EntriesState> => of(absolutePath(path));
/** The same, asked again after each change: any may put a file there. */
export const names = (path: string): Query<EntriesState> => afresh(absolutePath(path));
