import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";

/** The same files give the same bytes, whoever made them and when. */
const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];

/** Writes a tar of these names in a folder. Files that are one by a hard link are in it once. */
export async function writeTar(folder: string, file: string, names: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`tar ${fixed} --mode=u=rwX,go=rX --directory ${folder} -cf ${file} -- ${names}`;
  if (exitCode !== 0) throw new PlayError(`${file}: cannot be written: ${stderr.trim()}`);
}
