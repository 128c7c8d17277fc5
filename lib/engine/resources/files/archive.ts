import path from "node:path";
import { TaskError } from "../../errors.ts";
import { content, type ContentState } from "../../queries/content.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { absolutePath } from "../../queries/keys.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { folderRemoval, folderRemovalEffects, removeFolder } from "./directory.ts";
import { defineResource } from "../../tasks/task.ts";

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
  /** Required if several archives share a folder: the name of the file in it that keeps the digest of this archive. */
  readonly marker?: string;
  /** "absent" removes the folder with everything in it; it is refused with a marker. */
  readonly state?: "present" | "absent";
}

interface ArchiveNow {
  readonly folder: PathState;
  readonly source?: ControllerFileState;
  readonly unpacked?: ContentState;
}

const isAbsent = ({ state }: ArchiveProps): boolean => state === "absent";
const markerOf = (p: ArchiveProps): string => `${p.dest}/${p.marker ?? ".kubeplay-archive"}`;
const toCome = ({ src = "" }: ArchiveProps) => fileToCome(src);

/** For each folder, outermost first: makes it in $0 as it is here, and moves its files there one by one. */
const merge = `
for folder do
  to=$0/$folder
  if [ "$folder" != . ]; then
    [ -d "$to" ] || mkdir -- "$to" || exit 1
    [ -L "$to" ] || { chown --reference="$folder" -- "$to" && chmod --reference="$folder" -- "$to"; } || exit 1
  fi
  find "$folder" -mindepth 1 -maxdepth 1 ! -type d -print0 | xargs -0 -r mv -f -t "$to" -- || exit 1
done`;

/**
 * The contents of a tar archive. It is first unpacked beside its place: a full disk, an invalid archive or a lost
 * connection leave every file unchanged. The digest is kept beside the files and written last. Fails with TaskError if
 * the archive is not on the controller.
 *
 * @example
 * archive("Unpack the CNI plugins", { src: "cni-plugins.tgz", dest: "/opt/cni/bin", marker: ".cni-plugins" });
 */
export const archive = defineResource({
  kind: "archive",
  label: (p: ArchiveProps) => p.dest,
  locate: (p, roleFolder) => {
    if (!isAbsent(p) && p.src === undefined) throw new TaskError(`${p.dest}: an archive requires src`);
    if (isAbsent(p) && p.marker !== undefined)
      throw new TaskError(
        `${p.dest}: an archive with a marker shares its folder with others, so its own files are not known: ` +
          `remove the folder with directory, state "absent", or single files with file`,
      );
    const dest = absolutePath(p.dest);
    return p.src === undefined ? { ...p, dest } : { ...p, dest, src: path.resolve(roleFolder, "files", p.src) };
  },
  needs: (p): Needs<ArchiveNow> =>
    isAbsent(p)
      ? { folder: pathQuery(p.dest) }
      : { source: controllerFile(p.src ?? ""), unpacked: content(markerOf(p)), folder: pathQuery(p.dest) },
  diff: ({ source, unpacked, folder }, p): Difference[] => {
    if (isAbsent(p)) return folderRemoval(folder, p.dest);
    const before = typeof unpacked === "string" ? unpacked.trim() : undefined;
    const after = (source ?? toCome(p)).sha256;
    return before === after ? [] : [{ what: "content", before, after }];
  },
  apply: (_found, { source, folder }, p) => {
    if (isAbsent(p)) return [removeFolder(p.dest, folder)];
    const { src = "" } = p;
    if (!source) throw new TaskError(`${src} is not on the controller, expected an archive to unpack to ${p.dest}`);
    const copy = `${markerOf(p)}.tar`;
    const [dest, marker] = [quote(p.dest), quote(markerOf(p))];
    const cleanUp = `rm -rf -- "$t" ${quote(copy)}`;
    return [
      `umask 022 && mkdir -p -- ${dest}`,
      { upload: { file: src }, to: copy, mode: 0o600, sha256: source.sha256 },
      `set -e; trap '' PIPE HUP; trap ${quote(cleanUp)} EXIT
t=$(mktemp -d -p ${dest} .kubeplay.XXXXXXXXXX)
mkdir "$t/in"
tar --extract --no-same-owner --strip-components=${String(p.strip ?? 0)} --file ${quote(copy)} --directory "$t/in"
rm -f -- ${marker}
(cd "$t/in" && find . -type d -exec sh -c ${quote(merge)} ${dest} {} +)
printf '%s\\n' ${source.sha256} > ${marker}`,
    ];
  },
  forecast: ({ source, folder }, p) =>
    isAbsent(p)
      ? { folder: { type: "absent" } as const }
      : {
          unpacked: `${(source ?? toCome(p)).sha256}\n`,
          folder: folder.type === "absent" ? ({ type: "directory", mode: 0o755 } as const) : folder,
        },
  effects: (p) => (isAbsent(p) ? folderRemovalEffects(p.dest) : [{ below: p.dest, state: unknown }]),
});
