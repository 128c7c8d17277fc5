import type { Query } from "../../queries/define.ts";

/** The folders that the path of a query is in, at any depth: of /etc/ssl/key they are /etc/ssl, /etc and /. */
export function foldersAbove({ of, key }: Query<unknown>): string[] {
  if (of.ofPath === undefined) return [];
  const folders: string[] = [];
  for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) folders.push(key.slice(0, end));
  return key.startsWith("/") && key !== "/" ? [...folders, "/"] : folders;
}

/** The folder as `foldersAbove` names it: without a slash at its end. */
export const asFolder = (path: string): string => path.replace(/(?<=.)\/$/, "");
