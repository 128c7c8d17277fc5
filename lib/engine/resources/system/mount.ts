import { TaskError } from "../../errors.ts";
import { content, type ContentState } from "../../queries/content.ts";
import { digest } from "../../queries/digest.ts";
import { absolutePath } from "../../queries/keys.ts";
import { mount as mountQuery, type MountState } from "../../queries/mount.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { checkWord } from "../../shell/text.ts";
import { effect, unknown, type Difference, type Step } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { editSteps, textOf, type TextFile } from "../files/edit-steps.ts";
import * as files from "../files/wanted-file.ts";
import { hasLocalSource, mountCommand, remountCommand, unmountCommand } from "./mount-commands.ts";
import { safeFoldersOf } from "./safe-folders.ts";
import { fstab, lineFor, lineOf, srcOf, withEntry, withoutEntry, type FstabEntry } from "./fstab.ts";

/** The properties of `mount`. */
export interface MountProps {
  /**
   * Absolute, without links on the way, and where no local user can swap it for another. It is made if it does not exist.
   */
  readonly path: string;
  /**
   * As in fstab(5): a device, "UUID=…", "server:/export", "tmpfs", or a folder to bind that no local user can swap for
   * another. Not used with state "absent".
   */
  readonly src?: string;
  /** The type of the file system: "ext4", "nfs", "tmpfs"; "none" for a bind. Not used with state "absent". */
  readonly type?: string;
  /**
   * With commas: "size=16m,mode=0750", "bind". "defaults" by default. Arguments of mount(8), which every user of the host
   * can read: a password belongs into the file of "credentials=".
   */
  readonly options?: string;
  /** The order in which file systems are checked at boot: 0 for never. By default that of the line, or 0. */
  readonly passno?: number;
  /** "absent" unmounts it and removes its line. The folder stays. "mounted" by default. */
  readonly state?: "mounted" | "absent";
}

interface MountNow {
  readonly mounted: MountState;
  readonly file: PathState;
  readonly text: ContentState;
}

const isAbsent = ({ state }: MountProps): boolean => state === "absent";
const entryOf = ({ src = "", path, type = "", options = "defaults", passno }: MountProps): FstabEntry => ({
  ...{ src, path, type, options, passno },
});

/**
 * A file system that is mounted now, and at boot by its line in /etc/fstab; other lines stay. If the line changes, it is
 * mounted again with the new options. Options that somebody gave the mount by hand are not compared, and neither is the
 * source of a device, which the kernel may call otherwise. Fails with TaskError if the line of fstab is there twice.
 *
 * @example
 * mount("Keep scratch in memory", { path: "/srv/scratch", src: "tmpfs", type: "tmpfs", options: "size=64m,mode=0750" });
 */
export const mount = defineResource({
  kind: "mount",
  props: {
    path: prop.text,
    src: prop.optional(prop.text),
    type: prop.optional(prop.text),
    options: prop.optional(prop.text),
    passno: prop.optional(prop.number),
    state: prop.optional(prop.oneOf("mounted", "absent")),
  },
  label: (p: MountProps) => p.path,
  locate: (given) => {
    const p = { ...given, path: absolutePath(given.path) };
    check(p);
    return p;
  },
  needs: (p) => ({ mounted: mountQuery(p.path), file: pathQuery(fstab), text: content(fstab) }),
  diff: (now, p): Difference[] => {
    const { mounted, file } = now;
    if (file.type === "link") throw new TaskError(`${fstab} is a link to ${file.target}, expected a file`);
    const before = lineOf(fstabText(now), p.path);
    const after = isAbsent(p) ? undefined : lineFor(entryOf(p), before);
    return [
      ...(before === after ? [] : [{ what: fstab, before, after }]),
      ...(staysMounted(now, p)
        ? []
        : [{ what: "mounted", before: shown(mounted), after: isAbsent(p) ? undefined : shown(wantedMount(p)) }]),
    ];
  },
  apply: (found, now, p) => {
    const changed = (what: string): boolean => found.some((difference) => difference.what === what);
    const line = changed(fstab) ? fstabSteps(now, p) : [];
    const unmount = unmountCommand(p.path);
    // A line that cannot be mounted may stop the next boot, and so may one less: the line is written last.
    if (isAbsent(p)) return [...(changed("mounted") ? [unmount] : []), ...line];
    if (!changed("mounted")) return [remountCommand(entryOf(p)), ...line];
    return [...(now.mounted ? [unmount] : []), mountCommand(entryOf(p)), ...line];
  },
  forecast: (now, p) => {
    const { file, text, mounted } = now;
    const desired = textAfter(now, p);
    const unchanged = desired === fstabText(now);
    return {
      mounted: isAbsent(p) ? undefined : staysMounted(now, p) ? mounted : (wantedState(p) ?? unknown),
      file: unchanged ? file : files.fileForecast(file, files.wantedOf(desired), options(file)),
      text: unchanged ? text : desired,
    };
  },
  requires: (p, state) => [
    ...(isAbsent(p) && state && !state.mounted
      ? []
      : safeFoldersOf(p.path, `${p.path} is`, "mount it in a folder of root's")),
    ...(isAbsent(p) || !hasLocalSource(entryOf(p))
      ? []
      : safeFoldersOf(p.src ?? "", `${p.src ?? ""} is`, "take their permission to write to it")),
  ],
  effects: (p, found) => [
    effect(digest(fstab), unknown),
    // systemd makes a unit of each line, and has one for each mount.
    { kind: "unit" },
    ...(found.some(({ what }) => what === "mounted")
      ? [effect(pathQuery(p.path), unknown), { below: p.path, state: unknown } as const]
      : []),
  ],
  parts: ({ path, src, type, options, passno }) => ({
    [fstab]: { path, src, type, options, passno },
    mounted: { src, type },
  }),
  hint: (p) =>
    `\`dmesg\` on the host may say more, and \`fuser -vm ${p.path}\` shows what uses it. In a container, a mount needs the capability SYS_ADMIN`,
});

/** Throws TaskError for properties that cannot be meant. */
function check(p: MountProps): void {
  if (p.path === "/" && isAbsent(p)) throw new TaskError("/ cannot be unmounted");
  if (!isAbsent(p) && !(p.src && p.type))
    throw new TaskError(`${p.path}: a mount requires src and type, such as src: "tmpfs", type: "tmpfs"`);
  checkWord(p.src ?? "", `${p.path}: src`);
  if (/^#|[\n\t]/.test(p.src ?? ""))
    throw new TaskError(`${p.path}: src begins with "#", or has a tab or a line end, which ${fstab} cannot hold`);
  for (const name of ["type", "options"] as const) {
    checkWord(p[name] ?? "", `${p.path}: ${name}`);
    if (!/^[^\s\\]+$/.test(p[name] ?? "x"))
      throw new TaskError(`${p.path}: ${name} is empty, or has a space or a backslash, expected one word`);
  }
  if (p.passno !== undefined && (!Number.isInteger(p.passno) || p.passno < 0))
    throw new TaskError(`${p.path}: passno is ${String(p.passno)}, expected a whole number from 0`);
}

type Fstab = Pick<MountNow, "file" | "text">;
const fileOf = ({ file, text }: Fstab): TextFile => ({ path: file, text });
const fstabText = (now: Fstab): string => textOf(fileOf(now), fstab);
const textAfter = (now: Fstab, p: MountProps): string =>
  isAbsent(p) ? withoutEntry(fstabText(now), p.path) : withEntry(fstabText(now), entryOf(p));
const options = (file: PathState): files.FileOptions => ({
  dest: fstab,
  mode: file.type === "file" ? file.mode : files.defaultMode,
});

const shown = (mounted: MountState): string | undefined => mounted && `${mounted.src} (${mounted.type})`;
const wantedMount = ({ src = "", type = "" }: MountProps): MountState => ({ src, type });

const isBind = ({ options = "" }: MountProps): boolean => options.split(",").some((one) => /^r?bind$/.test(one));
/** The kernel shows the same source: not that of a device, which has several names, of a file, or of a folder. */
const isShownAsGiven = ({ src = "" }: MountProps): boolean => !/^(\/(?!\/)|[A-Z]+=)/.test(src);
/** nfs may be nfs4 then, and a file system in user space fuse or fuseblk. */
const isOfType = (type: string, wanted = ""): boolean =>
  ["auto", "none", type].includes(wanted) || (wanted === "nfs" && type === "nfs4") || type.startsWith("fuse");

function isMountedAsWanted(mounted: MountState, p: MountProps): boolean {
  if (isAbsent(p) || !mounted) return isAbsent(p) === !mounted;
  if (isBind(p)) return true;
  return isOfType(mounted.type, p.type) && (!isShownAsGiven(p) || mounted.src === p.src);
}

/** By its line, as the kernel's name of a device may be another: a remount would keep the old one. */
function hasOtherSource(now: Fstab, p: MountProps): boolean {
  const line = lineOf(fstabText(now), p.path);
  return !isAbsent(p) && line !== undefined && srcOf(line) !== p.src;
}

const staysMounted = (now: MountNow, p: MountProps): boolean =>
  isMountedAsWanted(now.mounted, p) && !hasOtherSource(now, p);

/** The answer after the mount, if it can be known. */
const wantedState = (p: MountProps): MountState =>
  isBind(p) || !isShownAsGiven(p) || /^(auto|none|nfs|fuse|ntfs|exfat)/.test(p.type ?? "") ? undefined : wantedMount(p);

const fstabSteps = (now: Fstab, p: MountProps): Step[] => [
  ...editSteps(fileOf(now), textAfter(now, p), options(now.file)),
  "[ ! -d /run/systemd/system ] || systemctl daemon-reload",
];
