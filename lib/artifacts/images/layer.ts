import {
  appendFile,
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { artifactFile } from "#engine/queries/artifact.ts";
import { unpack } from "../sources/unpack.ts";
import { appendProgram } from "./capabilities.ts";
import { imageName, type Origin, type Recipe } from "./recipe.ts";

/** Makes a folder with this mode, and its parents with 0755, regardless of the umask. */
async function makeFolder(root: string, name: string, mode: number): Promise<void> {
  if (name === "/" || name === ".") return;
  await makeFolder(root, path.posix.dirname(name), 0o755);
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  await chmod(folder, mode);
}

/** Copies a file or a folder out of a tree, whose modes are already normalized. */
async function takePart(tree: string, member: string, to: string, work: string): Promise<void> {
  const folder = path.join(work, "trees", path.basename(tree));
  await mkdir(folder, { recursive: true });
  await unpack(tree, [member], folder);
  await cp(path.join(folder, member), to, { recursive: true });
}

async function put(origin: Origin, to: string, work: string): Promise<void> {
  if ("content" in origin) await writeFile(to, origin.content);
  else if ("file" in origin) await copyFile(origin.file, to);
  else if (origin.member !== undefined) return takePart(await artifactFile(origin.artifact), origin.member, to, work);
  else await copyFile(await artifactFile(origin.artifact), to);
  await chmod(to, "artifact" in origin ? 0o755 : 0o644);
}

/** Places the files below `root` as they will be in the image. */
async function stage(recipe: Recipe, root: string, work: string): Promise<void> {
  for (const [name, origin] of Object.entries(recipe.files)) {
    await makeFolder(root, path.posix.dirname(name), 0o755);
    await put(origin, path.join(root, name), work);
  }
  for (const [name, mode] of Object.entries(recipe.modes ?? {})) await chmod(path.join(root, name), mode);
  for (const [name, target] of Object.entries(recipe.links ?? {})) {
    await makeFolder(root, path.posix.dirname(name), 0o755);
    await symlink(target, path.join(root, name));
  }
  for (const name of recipe.scratch ?? []) await makeFolder(root, name, 0o1777);
}

/**
 * Writes the layer of the image's own files. Order, owners and times are fixed, so the same files give the same bytes.
 * Returns false if the image has no files of its own, because all of them are in its base.
 */
export async function writeLayer(recipe: Recipe, folder: string, tarball: string): Promise<boolean> {
  const root = path.join(folder, "root");
  await mkdir(root);
  await stage(recipe, root, folder);
  if ((await readdir(root)).length === 0) return false;
  const programs = Object.entries(recipe.capabilities ?? {});
  for (const [name, capabilities] of programs) {
    const file = path.join(root, name);
    await appendProgram(tarball, name.slice(1), { file, mode: (await stat(file)).mode & 0o7777, capabilities });
    await rm(file);
  }
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  // They are listed one by one, so that the layer does not contain the root folder itself.
  const names = (await readdir(root)).sort();
  const rest = path.join(folder, "rest.tar");
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`tar ${fixed} --directory ${root} -cf ${rest} --files-from /dev/null -- ${names}`;
  if (exitCode === 0) {
    // The entries of a tar need no end before those of another one.
    if (programs.length > 0) await appendFile(tarball, await readFile(rest));
    else await rename(rest, tarball);
    return true;
  }
  throw new PlayError(`${imageName(recipe)}: its layer cannot be written: ${stderr.trim()}`);
}
