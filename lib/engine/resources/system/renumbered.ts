import type { PathState } from "../../queries/path.ts";
import type { Difference, Effect } from "../../tasks/resource.ts";

type Owned = Extract<PathState, { readonly type: "file" | "directory" }>;

/**
 * What a change of an account does to the files that belong to it: a file keeps its number, and has no name under which
 * that is known, or another one. Files below `followed` get the new number.
 */
export function renumbered(
  what: "owner" | "group",
  name: string,
  found: readonly Difference[],
  followed?: string,
): readonly Effect[] {
  const id = what === "owner" ? "uid" : "gid";
  const moved = found.find((difference) => difference.what === id);
  const isGone = found.some((difference) => difference.what === "state" && difference.after === "absent");
  if (!moved && !isGone) return [];
  const after = moved?.after;
  const renamed = (file: Owned, path: string): Owned => {
    if (followed !== undefined && !isGone && path.startsWith(`${followed}/`) && file[what] === name)
      return { ...file, ...(typeof after === "number" && { [id]: after }) };
    // Without a number it is a forecast, which cannot know the name.
    const number = file[id] === undefined ? undefined : String(file[id]);
    if (file[what] === name) return { ...file, [what]: number };
    return typeof after === "number" && file[id] === after ? { ...file, [what]: name } : file;
  };
  const becomes = (state: unknown, path: string): unknown => {
    const file = state as PathState;
    return file.type === "file" || file.type === "directory" ? renamed(file, path) : file;
  };
  return [{ kind: "path", becomes }];
}
