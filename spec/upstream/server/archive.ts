import { copyFile, cp, link, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";

/** The origin of a recorded member: a file, or a folder that is taken whole; undefined if it is not used. */
export type Origin = (member: string) => string | undefined;

const isFolder = (member: string): boolean => member.endsWith("/");

async function put(origin: string, to: string): Promise<void> {
  if ((await stat(origin)).isDirectory()) return cp(origin, to, { recursive: true });
  // Programs are large: a link where the file systems allow it.
  await link(origin, to).catch(() => copyFile(origin, to));
}

/** Members that are not inside another one: tar adds the rest with them. */
const roots = (members: readonly string[]): string[] =>
  members.filter((member) => !members.some((other) => other !== member && isFolder(other) && member.startsWith(other)));

/**
 * Puts an archive together that has exactly the recorded members, under their recorded names. Files that nothing uses
 * contain only their name.
 */
export async function pack(
  members: readonly string[],
  originOf: Origin,
  { work, to, compress }: { readonly work: string; readonly to: string; readonly compress: boolean },
): Promise<void> {
  await mkdir(work, { recursive: true });
  for (const member of members) {
    const place = path.join(work, member);
    const origin = originOf(member);
    await mkdir(isFolder(member) && origin === undefined ? place : path.dirname(place), { recursive: true });
    if (origin !== undefined) await put(origin, place);
    else if (!isFolder(member)) await writeFile(place, `${member}\n`);
  }
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  const compressed = compress ? ["--use-compress-program=gzip -n -1"] : [];
  await $({ quiet: true })`tar ${fixed} ${compressed} --directory ${work} -cf ${to} -- ${roots(members)}`;
}
