import { mkdir } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { DebianProgram } from "../catalogue/component.ts";
import { aptApart, mirrorEnvironment } from "./debian-mirror.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { describe } from "../catalogue/wanted.ts";

const fetch = `set -eu
root=$1 suite=$2 architecture=$3 package=$4
${aptApart}
cd "$root"
apt download "$package"
set -- "$root/$package"_*.deb
mkdir out
dpkg-deb --extract "$1" out
dpkg-deb --field "$1" Version`;

/** "1:0.28.1+ds-1" is upstream's 0.28.1. */
export const isVersion = (debian: string, version: string): boolean => {
  const upstream = debian.replace(/^\d+:/, "");
  return upstream.startsWith(version) && !/^[\d.]/.test(upstream.slice(version.length));
};

/** Takes programs out of a package of the Debian release. apt checks the package against the archive's signature. */
export async function fetchFromDebian(request: FetchRequest, build: DebianProgram): Promise<FetchedFiles> {
  const { wanted, folder, at, signal } = request;
  const suite = wanted.versions.debian_suite ?? "stable";
  const root = path.join(folder, "apt");
  await mkdir(root, { recursive: true });
  at(`fetching Debian's ${build.package} of ${suite}`);
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: mirrorEnvironment(request),
    ...(signal && { signal }),
  })`sh -c ${fetch} sh ${root} ${suite} ${wanted.architecture} ${build.package}`;
  if (exitCode !== 0)
    throw new PlayError(
      `${describe(wanted)}: Debian's package ${build.package} of ${suite} cannot be fetched: ${stderr.trim().split("\n").slice(-5).join("\n")}`,
    );
  const found = stdout.trim();
  if (!isVersion(found, wanted.version))
    throw new PlayError(
      `${describe(wanted)}: ${suite} has ${build.package} ${found}. Set ${wanted.component.variable} to that version, or artifact_source to upstream or directory.`,
    );
  const files = Object.entries(build.files).map(([binary, name]) => [binary, path.join(root, "out", name)] as const);
  return {
    source: "build",
    origin: `debian-${found.replaceAll(":", "%3a")}`,
    builtWith: `${build.package} ${found}`,
    files: Object.fromEntries(files),
  };
}
