import path from "node:path";
import { TaskError } from "../../errors.ts";
import { content, type ContentState } from "../../queries/content.ts";
import { controllerFile, fileToCome, type ControllerFileState } from "../../queries/controller-file.ts";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import { quote } from "../../shell/quote.ts";
import { unknown, type Difference, type Needs } from "../../tasks/resource.ts";
import { folderRemoval, folderRemovalEffects, removeFolder } from "./directory.ts";
import { defineResource } from "../../tasks/task.ts";

export interface ArchiveProps {
  /** A tar file, compressed or not, on the controller: absolute, or in the role's files/ folder. Not used where the state is "absent". */
  readonly src?: string;
  /** The folder on the host that it is unpacked to; made where there is none. */
  readonly dest: string;
  /** Leading folders of its names to drop. */
  readonly strip?: number;
  /** Needed where several archives share a folder: the name of the file in it that keeps this one's digest. */
  readonly marker?: string;
  /** Absence takes away the folder with all that is in it, so it is refused where several share it. */
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

/** Takes folders, outermost first: each is made in $0 as it is here, and its files take their places there one by one. */
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
 * An archive's contents. All of it is unpacked beside its place first: a full disk, an archive that is none or a lost
 * connection leave every file as it was. Its digest is kept beside the files, written last.
 */
export const archive = defineResource({
  kind: "archive",
  label: (p: ArchiveProps) => p.dest,
  locate: (p, roleFolder) => {
    if (!isAbsent(p) && p.src === undefined) throw new TaskError(`${p.dest}: an archive takes src`);
    if (isAbsent(p) && p.marker !== undefined)
      throw new TaskError(
        `${p.dest}: an archive with a marker shares its folder with others, and its files cannot be told from theirs: ` +
          `take the folder away with directory, state "absent", or single files with file`,
      );
    return p.src === undefined ? p : { ...p, src: path.resolve(roleFolder, "files", p.src) };
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
  apply: (_found, { source }, p) => {
    if (isAbsent(p)) return [removeFolder(p.dest)];
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
