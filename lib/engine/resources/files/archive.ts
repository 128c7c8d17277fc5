import path from "node:path";
import { TaskError } from "../../errors.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { unpacked as unpackedQuery, type UnpackedState } from "../../queries/unpacked.ts";
import { unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import {
  folderRemoval,
  folderRemovalEffects,
  madeParents,
  parentsOf,
  removeFolder,
  type Parents,
} from "./directory.ts";
import { defineResource } from "../../tasks/task.ts";
import { makeFolderOf } from "./path-commands.ts";
import { unpack } from "./unpack.ts";
import { presence, prop } from "../../tasks/properties.ts";

/** The properties of `archive`. */
export interface ArchiveProps {
  /**
   * A tar file on the controller, compressed or not: absolute, or in the role's files/ folder. It may be made by an
   * earlier task. Not used with state "absent".
   */
  readonly src?: string;
  /** Absolute path of the folder on the host to unpack to; made if it does not exist. */
  readonly dest: string;
  /** The number of leading folders to drop from the names in the archive; 0 by default. */
  readonly strip?: number;
  /**
   * Required if several archives share a folder: the name of the file in it that keeps the digest of this archive. Only
   * the digest is then compared: changed and missing files are not noticed, and files of an earlier archive stay.
   */
  readonly marker?: string;
  /** "absent" removes the folder with everything in it; it is refused with a marker. */
  readonly state?: "present" | "absent";
}

interface ArchiveNow extends Parents {
  readonly folder: PathState;
  readonly source?: ControllerFileState;
  readonly unpacked?: UnpackedState;
}

const isAbsent = ({ state }: ArchiveProps): boolean => state === "absent";
const markerOf = (p: ArchiveProps): string => `${p.dest}/${p.marker ?? ".kubeplay-archive"}`;
const toCome = ({ src = "" }: ArchiveProps) => fileToCome(src);

/**
 * The contents of a tar archive. It is first unpacked beside its place: a full disk, an invalid archive or a lost
 * connection leave every file unchanged. Its digest and a list of its files are kept beside them: files of which type,
 * size, time of change or target differ, and missing ones, are unpacked again, and the next archive removes those that it
 * does not have. Contents and permissions of files are not compared. Fails with TaskError if the archive is not on the
 * controller.
 *
 * @example
 * archive("Unpack the CNI plugins", { src: "cni-plugins.tgz", dest: "/opt/cni/bin", marker: ".cni-plugins" });
 */
export const archive = defineResource({
  kind: "archive",
  props: {
    src: prop.optional(prop.text),
    dest: prop.text,
    strip: prop.optional(prop.number),
    marker: prop.optional(prop.text),
    state: presence,
  },
  label: (p: ArchiveProps) => p.dest,
  locate: (p, roleFolder) => {
    if (!isAbsent(p) && p.src === undefined) throw new TaskError(`${p.dest}: an archive requires src`);
    if (isAbsent(p) && p.marker !== undefined)
      throw new TaskError(
        `${p.dest}: an archive with a marker shares its folder with others, so its own files are not known: ` +
          `remove the folder with directory, state "absent", or single files with file`,
      );
    if (p.marker !== undefined && (!/^[^/\n\0]+$/.test(p.marker) || /^\.{1,2}$/.test(p.marker)))
      throw new TaskError(`${p.dest}: ${JSON.stringify(p.marker)} is not the name of a file, expected a marker`);
    if (p.strip !== undefined && !(Number.isInteger(p.strip) && p.strip >= 0))
      throw new TaskError(`${p.dest}: strip is ${String(p.strip)}, expected a whole number from 0`);
    const dest = absolutePath(p.dest);
    return p.src === undefined ? { ...p, dest } : { ...p, dest, src: path.resolve(roleFolder, "files", p.src) };
  },
  needs: (p): Needs<ArchiveNow> =>
    isAbsent(p)
      ? { folder: pathQuery(p.dest) }
      : {
          source: controllerFile(p.src ?? ""),
          unpacked: unpackedQuery(markerOf(p)),
          folder: pathQuery(p.dest),
          ...parentsOf(p.dest),
        },
  diff: ({ source, unpacked, folder }, p): Difference[] => {
    if (isAbsent(p)) return folderRemoval(folder, p.dest);
    const before = unpacked?.sha256;
    const after = (source ?? toCome(p)).sha256;
    if (before !== after) return [{ what: "content", before, after }];
    return unpacked?.intact === false ? [{ what: "files", before: "changed", after: "as in the archive" }] : [];
  },
  apply: (_found, { source, folder }, p) => {
    if (isAbsent(p)) return [removeFolder(p.dest, folder)];
    const { src = "" } = p;
    if (!source) throw new TaskError(`${src} is not on the controller, expected an archive to unpack to ${p.dest}`);
    const copy = `${markerOf(p)}.tar`;
    return [
      `umask 022 && ${makeFolderOf(copy)}`,
      { upload: { file: src }, to: copy, mode: 0o600, sha256: source.sha256 },
      unpack({
        copy,
        sha256: source.sha256,
        marker: markerOf(p),
        strip: p.strip ?? 0,
        listed: p.marker === undefined,
      }),
    ];
  },
  forecast: ({ source, folder, ...parents }, p) =>
    isAbsent(p)
      ? { folder: { type: "absent" } as const }
      : {
          ...madeParents(p.dest, parents),
          unpacked: { sha256: (source ?? toCome(p)).sha256, intact: true },
          folder: folder.type === "absent" ? ({ type: "directory", mode: 0o755 } as const) : folder,
        },
  effects: (p) => (isAbsent(p) ? folderRemovalEffects(p.dest) : [{ below: p.dest, state: unknown }]),
});
