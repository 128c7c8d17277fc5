import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { sha256Of } from "#engine/cache/cache.ts";
import { PlayError } from "#engine/errors.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { aptApart, mirrorEnvironment } from "#artifacts/sources/debian-mirror.ts";
import { aptFiles, aptFolder } from "#cluster/bundled-packages.ts";
import { writeTar } from "./tar.ts";

/** apt knows no installed packages: what it downloads is complete for every host. */
const download = `set -eu
root=$1 suite=$2 architecture=$3
shift 3
${aptApart}
apt install --yes --download-only --no-install-recommends -- "$@"`;

/** The entry of a package in the list of an apt repository. */
async function entryOf(folder: string, name: string): Promise<string> {
  const file = path.join(folder, name);
  const { stdout } = await $({ quiet: true })`dpkg-deb --field ${file}`;
  const { size } = await stat(file);
  return `${stdout.trim()}\nFilename: ./${name}\nSize: ${String(size)}\nSHA256: ${await sha256Of(file)}\n`;
}

interface Wanted {
  readonly packages: readonly string[];
  readonly suite: string;
  readonly architectures: readonly Architecture[];
  /** The mirror that the user has set; "" for that of this machine. */
  readonly debianMirror: string;
}

/**
 * Writes a tar of an apt repository with these Debian packages and everything that they depend on: hosts that reach no
 * mirror install from it. apt checks the packages against Debian's signature before they go in.
 */
export async function addDebianPackages(tarball: string, work: string, wanted: Wanted): Promise<number> {
  const repository = path.join(work, "debian");
  await mkdir(path.join(repository, aptFiles.lists, "partial"), { recursive: true });
  for (const architecture of wanted.architectures) {
    const root = path.join(work, `apt-${architecture}`);
    const { exitCode, stderr } = await $({
      quiet: true,
      nothrow: true,
      env: mirrorEnvironment({ source: "auto", debianMirror: wanted.debianMirror }),
    })`sh -c ${download} sh ${root} ${wanted.suite} ${architecture} ${wanted.packages}`;
    if (exitCode !== 0)
      throw new PlayError(
        `Debian's packages for ${architecture} cannot be fetched: ${stderr.trim().split("\n").slice(-5).join("\n")}\nA machine with apt-get and a mirror of ${wanted.suite} is expected. Without the packages: --without-debian`,
      );
    for (const name of await readdir(path.join(root, "archives")))
      // apt writes the colon of an epoch as %3a, and would read that as a colon again.
      if (name.endsWith(".deb"))
        await rename(path.join(root, "archives", name), path.join(repository, name.replace(/_\d+%3a/i, "_")));
  }
  const names = (await readdir(repository)).filter((name) => name.endsWith(".deb")).sort();
  const entries = await Promise.all(names.map((name) => entryOf(repository, name)));
  await writeFile(path.join(repository, "Packages"), entries.join("\n"));
  await writeFile(path.join(repository, aptFiles.sources), `deb [trusted=yes] file:${aptFolder} ./\n`);
  await writeFile(path.join(repository, aptFiles.configuration), aptFiles.text);
  await writeTar(repository, tarball, (await readdir(repository)).sort());
  return names.length;
}

/** The packages in such a tar, without unpacking it. */
export async function packagesIn(tarball: string): Promise<readonly string[]> {
  const { stdout } = await $({ quiet: true })`tar -xOf ${tarball} Packages`;
  return stdout.split("\n").flatMap((line) => (line.startsWith("Package: ") ? [line.slice(9)] : []));
}
