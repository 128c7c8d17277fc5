import type { PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { differences, type Difference } from "../../tasks/resource.ts";

/** What is left away is left as it is. */
export interface Permissions {
  /** Permission bits, e.g. 0o640. */
  readonly mode?: number;
  /** A name or a number. */
  readonly owner?: string;
  readonly group?: string;
}

type Existing = Extract<PathState, { readonly type: "file" | "directory" }>;

const octal = (mode: number | undefined): string | undefined => mode?.toString(8).padStart(4, "0");

/** The wanted word where it means the same as what is there: a number may stand for a name. */
const same = (name: string | undefined, id: number | undefined, wanted: string | undefined): string | undefined =>
  wanted !== undefined && /^\d+$/.test(wanted) && Number(wanted) === id ? wanted : name;

export const permissionDifferences = (now: Existing, wanted: Permissions): Difference[] =>
  differences({
    mode: [octal(now.mode), octal(wanted.mode)],
    owner: [same(now.owner, now.uid, wanted.owner), wanted.owner],
    group: [same(now.group, now.gid, wanted.group), wanted.group],
  });

/** With five digits: of four, chmod and mkdir leave a directory's set-group-id bit as it is. */
export const allBits = (mode: number): string => mode.toString(8).padStart(5, "0");
const chmod = (mode: number, path: string): string => `chmod ${allBits(mode)} -- ${quote(path)}`;

/** The commands that set what differs, joined by &&; chown first, because it clears the set-user-id bit. */
export function permissionCommands(found: readonly Difference[], path: string, wanted: Permissions): string[] {
  const differs = (what: string): boolean => found.some((difference) => difference.what === what);
  const { owner, group, mode } = wanted;
  return [
    ...(owner !== undefined && differs("owner") ? [`chown ${quote(owner)} -- ${quote(path)}`] : []),
    ...(group !== undefined && differs("group") ? [`chgrp ${quote(group)} -- ${quote(path)}`] : []),
    ...(mode !== undefined && (differs("mode") || differs("owner") || differs("group")) ? [chmod(mode, path)] : []),
  ];
}

/** What is there afterwards; what did not exist belongs to root unless it is told otherwise. */
export function permissionsAfter(
  now: PathState,
  wanted: Permissions,
  defaultMode: number,
): Permissions & { mode: number } {
  const before = now.type === "file" || now.type === "directory" ? now : undefined;
  return {
    mode: wanted.mode ?? before?.mode ?? defaultMode,
    ...owned("owner", "uid", wanted.owner, before?.owner, before?.uid),
    ...owned("group", "gid", wanted.group, before?.group, before?.gid),
  };
}

/** Who a file that is put in place belongs to: a new one to whoever writes it, one that was there to the same as before. */
export function ownersOf(now: PathState, { owner, group }: Permissions): Pick<Permissions, "owner" | "group"> {
  const before = now.type === "file" ? now : undefined;
  const named = { owner: owner ?? before?.owner, group: group ?? before?.group };
  return {
    ...(named.owner !== undefined && { owner: named.owner }),
    ...(named.group !== undefined && { group: named.group }),
  };
}

function owned(word: string, number: string, wanted?: string, name?: string, id?: number): object {
  if (wanted === undefined || same(name, id, wanted) === wanted)
    return { [word]: name ?? "root", ...(id !== undefined && { [number]: id }) };
  // The host tells whose number it is once it has been set.
  return /^\d+$/.test(wanted) ? { [number]: Number(wanted) } : { [word]: wanted };
}
