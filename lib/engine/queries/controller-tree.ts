import { readdir, readlink } from "node:fs/promises";
import path from "node:path";
import { askNow, defineQuery } from "./define.ts";
import { controllerFile } from "./controller-file.ts";

/** A file, folder or link in a folder of the controller. */
export type ControllerTreeEntry =
  | { readonly type: "file"; readonly sha256: string; readonly executable: boolean }
  | { readonly type: "directory" }
  | { readonly type: "link"; readonly target: string };

/** All names in a folder, however deep, by their path relative to it; undefined if there is no such folder. */
export type ControllerTreeState = ReadonlyMap<string, ControllerTreeEntry> | undefined;

/** The folder at a path on the controller. Sockets, devices and pipes are left out. */
export const controllerTree = defineQuery<ControllerTreeState>({
  kind: "controller tree",
  get: async (folders) =>
    new Map(await Promise.all(folders.map(async (folder) => [folder, await read(folder)] as const))),
});

async function read(folder: string): Promise<ControllerTreeState> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  });
  if (!names) return undefined;
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, ControllerTreeEntry][]> => {
      const full = path.join(name.parentPath, name.name);
      const entry = await entryAt(full, name);
      return entry ? [[path.relative(folder, full), entry]] : [];
    }),
  );
  return new Map(entries.flat().sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function entryAt(
  full: string,
  name: { isDirectory(): boolean; isFile(): boolean; isSymbolicLink(): boolean },
): Promise<ControllerTreeEntry | undefined> {
  if (name.isDirectory()) return { type: "directory" };
  if (name.isSymbolicLink()) return { type: "link", target: await readlink(full) };
  const found = name.isFile() ? await askNow(controllerFile(full)) : undefined;
  return found && { type: "file", sha256: found.sha256, executable: (found.mode & 0o100) !== 0 };
}
