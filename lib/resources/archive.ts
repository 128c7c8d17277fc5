import path from "node:path";
import { TaskError } from "../errors.ts";
import { content } from "../queries/content.ts";
import { controllerFile, fileToCome } from "../queries/controller-file.ts";
import { path as pathQuery } from "../queries/path.ts";
import { quote } from "../shell/quote.ts";
import { unknown, type Difference } from "./define.ts";
import { defineResource } from "./task.ts";

export interface ArchiveProps {
  /** A tar file, compressed or not, on the controller: absolute, or in the role's files/ folder. */
  readonly src: string;
  /** The folder on the host that it is unpacked to; made where there is none. */
  readonly dest: string;
  /** Leading folders of its names to drop. */
  readonly strip?: number;
  /** Needed where several archives share a folder: the name of the file in it that keeps this one's digest. */
  readonly marker?: string;
}

const markerOf = (p: ArchiveProps): string => `${p.dest}/${p.marker ?? ".kubeplay-archive"}`;

/** An archive's contents. Its digest is kept beside them, written last, so that it is unpacked once and wholly. */
export const archive = defineResource({
  kind: "archive",
  label: (p: ArchiveProps) => p.dest,
  locate: (p, roleFolder) => ({ ...p, src: path.resolve(roleFolder, "files", p.src) }),
  needs: (p) => ({ source: controllerFile(p.src), unpacked: content(markerOf(p)), folder: pathQuery(p.dest) }),
  diff: ({ source, unpacked }, p): Difference[] => {
    const before = typeof unpacked === "string" ? unpacked.trim() : undefined;
    const after = (source ?? fileToCome(p.src)).sha256;
    return before === after ? [] : [{ what: "content", before, after }];
  },
  apply: (_found, { source }, p) => {
    if (!source) throw new TaskError(`${p.src} is not on the controller, expected an archive to unpack to ${p.dest}`);
    const copy = `${markerOf(p)}.tar`;
    const [dest, marker] = [quote(p.dest), quote(markerOf(p))];
    return [
      `umask 022 && mkdir -p -- ${dest} && rm -f -- ${marker}`,
      { upload: { file: p.src }, to: copy, mode: 0o600, sha256: source.sha256 },
      `trap ${quote(`rm -f -- ${quote(copy)}`)} EXIT
tar --extract --no-same-owner --strip-components=${String(p.strip ?? 0)} --file ${quote(copy)} --directory ${dest} &&
printf '%s\\n' ${source.sha256} > ${marker}`,
    ];
  },
  forecast: ({ source, folder }, p) => ({
    unpacked: `${(source ?? fileToCome(p.src)).sha256}\n`,
    folder: folder.type === "absent" ? ({ type: "directory", mode: 0o755 } as const) : folder,
  }),
  effects: (p) => [{ below: p.dest, state: unknown }],
});
