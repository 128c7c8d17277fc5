import { fail, passIf, type HostControl, type Judgement } from "../control.ts";
import { configurationOf, find, type Setting } from "../evidence/settings.ts";
import type { FileState, HostEvidence } from "../evidence/host.ts";
import type { Component } from "../evidence/probe.ts";
import { listed } from "./values.ts";
import { headOf, type Head } from "./settings.ts";

/** The files that a control judges. A path that is not on the host is a name only. */
export type Files = (host: HostEvidence) => readonly string[];

/** The unit file and its drop-ins: the counterpart of a static pod's manifest. */
export const unitOf =
  (component: Component): Files =>
  ({ units }) =>
    units.get(component) ?? [];

export const configurationFile =
  (component: Component): Files =>
  (host) => {
    const path = configurationOf(host, component);
    return path === undefined ? [] : [path];
  };

/** The file whose path is a setting. */
export const fileOf =
  (...wanted: readonly Setting[]): Files =>
  (host) =>
    wanted
      .map((one) => find(host, one).value)
      .filter((path) => path !== undefined)
      .slice(0, 1);

/** What is in folders, at any depth, with one of these ends. */
export const inFolders =
  (folders: readonly string[], ends: readonly string[] = [""]): Files =>
  ({ files }) =>
    [...files.values()]
      .filter(({ isFolder }) => !isFolder)
      .map(({ path }) => path)
      .filter(
        (path) => folders.some((folder) => path.startsWith(`${folder}/`)) && ends.some((end) => path.endsWith(end)),
      );

export const allOf =
  (...parts: readonly Files[]): Files =>
  (host) =>
    parts.flatMap((part) => part(host));

/** "0644" */
export const shownMode = (mode: number): string => mode.toString(8).padStart(4, "0");

export const isAtMost = (most: number, { mode }: FileState): boolean => (mode & ~most) === 0;

/** Judges each of the files. Without one, a control fails, unless `ifNone` says otherwise. */
export function judgeFiles(
  paths: readonly string[],
  files: ReadonlyMap<string, FileState>,
  isRight: (file: FileState) => boolean,
  shown: (file: FileState) => string,
  ifNone: Judgement = fail("no such file was found"),
): Judgement {
  const found = paths.map((path) => files.get(path) ?? path);
  if (found.length === 0) return ifNone;
  const missing = found.find((file) => typeof file === "string");
  if (missing !== undefined) return fail(`${missing} does not exist`);
  const all = found.filter((file) => typeof file !== "string");
  const wrong = all.filter((file) => !isRight(file));
  return passIf(
    wrong.length === 0,
    listed((wrong.length > 0 ? wrong : all).map((file) => `${shown(file)} ${file.path}`)),
  );
}

/** Files whose mode has no other bits than these. */
export const modeAtMost = (
  head: Head,
  hosts: HostControl["hosts"],
  limit: number,
  files: Files,
  ifNone?: Judgement,
): HostControl => ({
  ...headOf(head),
  hosts,
  judge: (host) =>
    judgeFiles(
      files(host),
      host.files,
      (file) => isAtMost(limit, file),
      ({ mode }) => shownMode(mode),
      ifNone,
    ),
});

/** Files of this owner and group. */
export const ownedBy = (
  head: Head,
  hosts: HostControl["hosts"],
  owner: string | ((file: FileState) => boolean),
  files: Files,
  ifNone?: Judgement,
): HostControl => ({
  ...headOf(head),
  hosts,
  judge: (host) =>
    judgeFiles(
      files(host),
      host.files,
      typeof owner === "string" ? (file) => file.owner === owner : owner,
      (file) => file.owner,
      ifNone,
    ),
});
