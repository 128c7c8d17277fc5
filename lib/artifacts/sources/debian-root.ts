import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { DebianRoot } from "../catalogue/component.ts";
import { debianKeyring, findMirror, mirrorEnvironment, sourceLine } from "./debian-mirror.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { inTurn, makingRoots } from "./limits.ts";
import { describe } from "../catalogue/wanted.ts";

/** Removes everything that depends on this machine or the time: the same packages give the same bytes. */
const customize = (versions: string): string => `set -eu
chroot "$1" dpkg-query --show > '${versions}'
rm -f "$1/etc/resolv.conf" "$1/etc/hostname" "$1/etc/apt/sources.list" "$1/etc/machine-id" "$1"/var/log/*.log "$1"/var/log/apt/*
rm -f "$1"/var/cache/ldconfig/aux-cache "$1"/etc/*- "$1"/var/lib/dpkg/*-old "$1"/var/cache/debconf/*-old
`;

const make = `set -eu
hook=$1 tar=$2 suite=$3 architecture=$4 packages=$5
shift 5
# /tmp may be mounted without device files, and may be in memory.
TMPDIR=/var/tmp SOURCE_DATE_EPOCH=0; export TMPDIR SOURCE_DATE_EPOCH
${findMirror}
mmdebstrap --quiet --format=tar --variant=essential --skip=output/dev --dpkgopt=force-unsafe-io --architectures="$architecture" --include="$packages" \\
  --customize-hook="sh $hook \\"\\$1\\"" "$@" "$suite" "$tar" "${sourceLine("$suite")}"`;

const wanting = `command -v mmdebstrap >/dev/null && test -e ${debianKeyring}`;

/** Makes a root file system. It does not need root: without it, mmdebstrap uses a user namespace. */
export async function makeDebianRoot(request: FetchRequest, build: DebianRoot): Promise<FetchedFiles> {
  const { wanted, at } = request;
  const [name = ""] = wanted.component.binaries;
  if ((await $({ quiet: true, nothrow: true })`sh -c ${wanting}`).exitCode !== 0)
    throw new PlayError(
      `${describe(wanted)} has to be made, but mmdebstrap or Debian's keyring is not on this machine. Install them (apt-get install mmdebstrap debian-archive-keyring), or set artifact_source to directory.`,
    );
  at(`waiting to make ${describe(wanted)}`);
  return inTurn(makingRoots, request, () => makeRoot(request, build, name));
}

async function makeRoot(request: FetchRequest, build: DebianRoot, name: string): Promise<FetchedFiles> {
  const { wanted, folder, at, signal } = request;
  const suite = wanted.version;
  at(`making ${describe(wanted)} of ${build.packages.join(", ")}`);
  const hook = path.join(folder, "hook");
  const tar = path.join(folder, `${name}.tar`);
  const versions = path.join(folder, "versions");
  await writeFile(hook, customize(versions));
  const without = (build.without ?? []).map((pattern) => `--dpkgopt=path-exclude=${pattern}`);
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: mirrorEnvironment(request),
    ...(signal && { signal }),
  })`nice sh -c ${make} sh ${hook} ${tar} ${suite} ${wanted.architecture} ${build.packages.join(",")} ${without}`;
  if (exitCode !== 0)
    throw new PlayError(
      `${describe(wanted)}: mmdebstrap failed (exit code ${exitCode}). Its last lines:\n${stderr.trim().split("\n").slice(-15).join("\n")}`,
    );
  const all = (await readFile(versions, "utf8")).trim().split("\n");
  const own = all.filter((line) => build.packages.includes(line.split(/[:\t]/)[0] ?? ""));
  return {
    source: "build",
    builtWith: own.map((line) => line.replace(/:\w+\t|\t/, " ")).join(", "),
    files: { [name]: tar },
  };
}
