import { InputError } from "../../errors.ts";
import type { LoadedInventory } from "../../inventory/types.ts";
import { didYouMean } from "../../schema/nearest.ts";

/** A group as a tree: its children with their descendants, then its own hosts. */
export function graph({ groups }: LoadedInventory, start: string): string {
  if (!groups.has(start))
    throw new InputError([{ message: `there is no group "${start}"${didYouMean(start, groups.keys())}` }]);
  const branch = (depth: number, text: string): string => (depth === 0 ? text : `${"  |".repeat(depth)}--${text}`);
  const lines = (name: string, depth: number): string[] => {
    const { children = [], ownHosts = [] } = groups.get(name) ?? {};
    return [
      branch(depth, `@${name}:`),
      ...children.flatMap((child) => lines(child, depth + 1)),
      ...(name === "all" ? [] : ownHosts.map((host) => branch(depth + 1, host))),
    ];
  };
  return lines(start, 0).join("\n");
}
