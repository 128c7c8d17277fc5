import path from "node:path/posix";
import type { PathState } from "../../queries/path.ts";
import { absent } from "../../shell/paths.ts";
import { quote } from "../../shell/quote.ts";

/**
 * Commands for work on a path whose folders others may write to: the shell enters the folder and works on names in it.
 * The functions are those of shell/paths.ts, which each shell of a connection knows.
 */

export const nameOf = (name: string): string => path.basename(name);

export const enter = (folder: string): string => `kubeplay_enter ${quote(folder)}`;
export const enterFolderOf = (name: string): string => enter(path.dirname(name));

/** Enters the folder of a path; missing folders are made. */
export const makeFolderOf = (name: string): string => `kubeplay_make ${quote(path.dirname(name))}`;

/** What must still be there when the path is changed; undefined if that is not known. */
export function replaced(now: PathState): string | undefined {
  return now.type === "absent" ? absent : now.identity;
}

/** The same as an argument of the shell functions. */
export const identity = (now: PathState): string => quote(replaced(now) ?? "");

/** Fails if the name in the current folder is no longer what was compared. */
export const same = (name: string, now: PathState): string[] =>
  replaced(now) === undefined ? [] : [`kubeplay_same ${quote(name)} ${identity(now)}`];

/** The name in the current folder, as an argument that no program takes for an option. */
export const here = (name: string): string => `./${quote(nameOf(name))}`;
