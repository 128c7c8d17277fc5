import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { Architecture, CLibraries } from "../catalogue/component.ts";
import { describe } from "../catalogue/wanted.ts";
import { findCompiler } from "./compiler.ts";
import { aptApart, mirrorEnvironment } from "./debian-mirror.ts";
import type { FetchRequest } from "./fetch-request.ts";

/** What a build with C libraries adds to one without. */
export interface Cgo {
  readonly environment: NodeJS.ProcessEnv;
  readonly arguments: readonly string[];
  /** For -ldflags. */
  readonly linker: readonly string[];
  /** The compiler and the libraries with their versions: the bytes depend on all of them. */
  readonly name: string;
}

/** The C library and the kernel's headers. */
const always = ["libc6-dev", "linux-libc-dev"];

const triplets: Readonly<Record<Architecture, string>> = { amd64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

const fetch = `set -eu
root=$1 suite=$2 architecture=$3
shift 3
${aptApart}
cd "$root"
apt download "$@"
mkdir out
for package in *.deb; do
  dpkg-deb --extract "$package" out
  dpkg-deb --show --showformat '\${Package} \${Version}\\n' "$package"
done`;

/** The folder with the libraries, and each package with its version, in alphabetical order. */
async function fetchLibraries(request: FetchRequest, names: readonly string[]): Promise<[string, string[]]> {
  const { wanted, folder, at, signal } = request;
  const root = path.join(folder, "c");
  const suite = wanted.versions.debian_suite ?? "stable";
  await mkdir(root, { recursive: true });
  at(`fetching Debian's ${names.join(", ")} of ${suite} for ${describe(wanted)}`);
  const { exitCode, stdout, stderr } = await $({
    ...{ quiet: true, nothrow: true, env: mirrorEnvironment(request) },
    ...(signal && { signal }),
  })`sh -c ${fetch} sh ${root} ${suite} ${wanted.architecture} ${names}`;
  if (exitCode !== 0)
    throw new PlayError(
      `${describe(wanted)} has to be built, but Debian's packages ${names.join(", ")} of ${suite} cannot be fetched. Use a controller with apt-get and Debian's keyring (apt-get install debian-archive-keyring), or set artifact_source to upstream or directory. The last lines:\n${stderr.trim().split("\n").slice(-5).join("\n")}`,
    );
  return [path.join(root, "out"), stdout.trim().split("\n").sort()];
}

/** Go splits its settings at spaces. Single quotes keep a path together. */
const word = (text: string): string => `'${text}'`;

/**
 * Fetches a program's C libraries for its architecture, and says how to link them statically: the program then runs on
 * hosts of every release. Nothing is installed. Throws PlayError if there is no compiler or no package.
 */
export async function prepareCgo(request: FetchRequest, { packages, libraries }: CLibraries): Promise<Cgo> {
  const { wanted, folder } = request;
  const { cc, name } = await findCompiler(wanted, request);
  const [root, versions] = await fetchLibraries(request, [...always, ...packages]);
  // Go asks pkg-config for the libraries' names. This answers without one, which would read the machine's own.
  const pkgConfig = path.join(folder, "pkg-config");
  const answer = libraries.map((library) => `-l${library}`).join(" ");
  await writeFile(pkgConfig, `#!/bin/sh\n[ "$1" != --libs ] || echo "${answer}"\n`, { mode: 0o755 });
  // A native compiler searches the machine's own libraries before those below --sysroot.
  const own = path.join(root, "usr/lib", triplets[wanted.architecture]);
  return {
    environment: {
      CGO_ENABLED: "1",
      CC: `${word(cc)} ${word(`--sysroot=${root}`)} ${word(`-B${own}`)}`,
      PKG_CONFIG: word(pkgConfig),
      ...{ CGO_CFLAGS: "-O2", CGO_CPPFLAGS: "", CGO_LDFLAGS: "" },
    },
    arguments: ["-buildmode=pie"],
    linker: ["-buildid=", "-linkmode external", "-extldflags '-static-pie -Wl,--build-id=none'"],
    // The kernel's headers change with each of its updates, and hardly any program with them.
    name: [name, ...versions.filter((line) => !line.startsWith("linux-")).map((line) => line.replace(" ", "-"))].join(
      "-",
    ),
  };
}
