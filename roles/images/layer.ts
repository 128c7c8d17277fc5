import { chmod, copyFile, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#lib/errors.ts";
import { artifactFile } from "#lib/queries/artifact.ts";
import type { Recipe } from "./images.ts";

/** Makes a folder and those above it, each with this mode, whatever the umask says. */
async function makeFolder(root: string, name: string, mode: number): Promise<void> {
  if (name === "/" || name === ".") return;
  await makeFolder(root, path.posix.dirname(name), 0o755);
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  await chmod(folder, mode);
}

/** Lays the files out below `root` as they are to be in the image. */
async function stage(recipe: Recipe, root: string): Promise<void> {
  for (const [name, origin] of Object.entries(recipe.files)) {
    await makeFolder(root, path.posix.dirname(name), 0o755);
    const file = path.join(root, name);
    await copyFile("artifact" in origin ? await artifactFile(origin.artifact) : origin.file, file);
    await chmod(file, "artifact" in origin || name.startsWith("/bin/") ? 0o755 : 0o644);
  }
  for (const [name, target] of Object.entries(recipe.links ?? {})) {
    await makeFolder(root, path.posix.dirname(name), 0o755);
    await symlink(target, path.join(root, name));
  }
  for (const name of recipe.scratch ?? []) await makeFolder(root, name, 0o1777);
}

/** The layer names these one by one, so that it says nothing of the root folder itself. */
const topLevel = ({ files, links = {}, scratch = [] }: Recipe): string[] =>
  [...Object.keys(files), ...Object.keys(links), ...scratch].flatMap((name) => name.split("/")[1] ?? []);

/** Writes the image's only layer: order, owners and times are fixed, so the same files give the same bytes. */
export async function writeLayer(recipe: Recipe, folder: string, tarball: string): Promise<void> {
  const root = path.join(folder, "root");
  await mkdir(root);
  await stage(recipe, root);
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  const names = [...new Set(topLevel(recipe))].sort();
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`tar ${fixed} --directory ${root} -cf ${tarball} -- ${names}`;
  if (exitCode === 0) return;
  throw new PlayError(`${recipe.repository}:${recipe.tag}: its layer cannot be written: ${stderr.trim()}`);
}
