import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";

/** Extracts members from an archive, whatever its compression. */
export async function unpack(archive: string, members: readonly string[], folder: string): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`tar -xf ${archive} -C ${folder} --no-same-owner -- ${[...members]}`;
  if (exitCode !== 0) throw new PlayError(`${path.basename(archive)}: cannot be unpacked: ${stderr.trim()}`);
}
