import { TaskError } from "../../errors.ts";
import type { PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { differences, type Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { enter, enterFolderOf, identity, nameOf, same } from "./path-commands.ts";

/** Permissions of a file or directory. An owner or group that is left out is not changed. */
export interface Permissions {
  /** Permission bits, e.g. 0o640. */
  readonly mode?: number;
  /** A name or a number. */
  readonly owner?: string;
  /** A name or a number. */
  readonly group?: string;
}

export const permissionRules = {
  mode: prop.optional(prop.mode),
  owner: prop.optional(prop.text),
  group: prop.optional(prop.text),
};

/** Throws TaskError for a mode that is out of range or written in decimal, and for a name that means something else. */
export function checkPermissions(path: string, { mode, owner, group }: Permissions): void {
  if (mode !== undefined && (!Number.isInteger(mode) || mode < 0 || mode > 0o7777))
    throw new TaskError(`${path}: ${String(mode)} is not a mode, expected 0o0 to 0o7777${inOctal(mode)}`);
  if (mode !== undefined && isMistaken(mode))
    throw new TaskError(
      `${path}: the decimal number ${String(mode)} is the mode 0o${mode.toString(8)}${inOctal(mode)}`,
    );
  for (const [what, name] of Object.entries({ owner, group }))
    if (name !== undefined && !/^[^\s\0:-][^\n\0:]*$/.test(name))
      throw new TaskError(`${path}: ${JSON.stringify(name)} is not the name or number of the ${what}`);
}

/** The mode whose octal digits are the decimal digits of this number; NaN if there is none. */
const readAsOctal = (mode: number): number =>
  /^[0-7]{3,4}$/.test(String(mode)) ? parseInt(String(mode), 8) : Number.NaN;

const inOctal = (mode: number): string => (Number.isNaN(readAsOctal(mode)) ? "" : `: did you mean 0o${String(mode)}?`);

/** 500 and 620 are modes of folders and terminals; what they are by mistake, 0o764 and 0o1154, no one means. */
const isMistaken = (mode: number): boolean =>
  mode === 500 || mode === 620 || (!isSensible(mode) && isSensible(readAsOctal(mode)));

/** The owner may read it, no one may do more than the class before, and no one may write without reading. */
function isSensible(mode: number): boolean {
  const classes = [mode >> 6, mode >> 3, mode].map((bits) => bits & 7);
  const [owner = 0, group = 0, others = 0] = classes;
  const narrows = (group & ~owner) === 0 && (others & ~group) === 0;
  return narrows && (owner & 4) !== 0 && classes.every((bits) => (bits & 6) !== 2);
}

type Existing = Extract<PathState, { readonly type: "file" | "directory" }>;

const octal = (mode: number | undefined): string | undefined => mode?.toString(8).padStart(4, "0");

/** The desired owner or group if it means the current one, else the current name: a number may stand for a name. */
const sameOwner = (name: string | undefined, id: number | undefined, wanted: string | undefined): string | undefined =>
  wanted !== undefined && /^\d+$/.test(wanted) && Number(wanted) === id ? wanted : name;

export const permissionDifferences = (now: Existing, wanted: Permissions): Difference[] =>
  differences({
    mode: [octal(now.mode), octal(wanted.mode)],
    owner: [sameOwner(now.owner, now.uid, wanted.owner), wanted.owner],
    group: [sameOwner(now.group, now.gid, wanted.group), wanted.group],
  });

/** Five digits: with four, chmod and mkdir do not change a directory's set-group-id bit. */
export const allBits = (mode: number): string => mode.toString(8).padStart(5, "0");

/** The owners as an argument of chown; "" if none is given. */
export const owners = ({ owner = "", group }: Permissions): string =>
  group === undefined ? owner : `${owner}:${group}`;

/** The command that corrects the differences of a file or directory, unless it has changed since it was compared. */
export function permissionCommand(
  found: readonly Difference[],
  path: string,
  now: PathState,
  wanted: Permissions,
): string {
  const differs = (what: string): boolean => found.some((difference) => difference.what === what);
  const owned = owners({
    ...(differs("owner") && wanted.owner !== undefined && { owner: wanted.owner }),
    ...(differs("group") && wanted.group !== undefined && { group: wanted.group }),
  });
  // chown clears the set-user-id bit.
  const mode = wanted.mode !== undefined && (differs("mode") || owned !== "") ? allBits(wanted.mode) : "";
  if (now.type !== "directory")
    return `${enterFolderOf(path)} && kubeplay_permit ${quote(nameOf(path))} ${identity(now)} ${quote(owned)} ${quote(mode)}`;
  return [
    enter(path),
    ...same(".", now),
    ...(owned === "" ? [] : [`chown ${quote(owned)} .`]),
    ...(mode === "" ? [] : [`chmod ${mode} .`]),
  ].join(" && ");
}

/** The permissions after the change; a new file or directory belongs to root by default. */
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

/**
 * The owners of an uploaded file: by default, an existing file keeps its own, and a new one gets the writing user's.
 */
export function ownersOf(now: PathState, { owner, group }: Permissions): Pick<Permissions, "owner" | "group"> {
  const before = now.type === "file" ? now : undefined;
  const named = { owner: owner ?? before?.owner, group: group ?? before?.group };
  return {
    ...(named.owner !== undefined && { owner: named.owner }),
    ...(named.group !== undefined && { group: named.group }),
  };
}

function owned(word: string, number: string, wanted?: string, name?: string, id?: number): object {
  if (wanted === undefined || sameOwner(name, id, wanted) === wanted)
    return { [word]: name ?? "root", ...(id !== undefined && { [number]: id }) };
  // Which name the number has is only known after apply.
  return /^\d+$/.test(wanted) ? { [number]: Number(wanted) } : { [word]: wanted };
}
