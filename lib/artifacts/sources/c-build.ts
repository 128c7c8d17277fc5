import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { sha256Of } from "#engine/cache/cache.ts";
import type { Architecture, CBuild } from "../catalogue/component.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { downloadModule } from "./go-build.ts";
import { goVersion } from "./toolchain.ts";
import { describe, fill, ownArchitecture } from "../catalogue/wanted.ts";

const quiet = { quiet: true, nothrow: true } as const;

/** A compiler, and the Debian packages that contain it. */
interface Compiler {
  readonly cc: string;
  readonly packages: string;
}
const own: Compiler = { cc: "cc", packages: "gcc libc6-dev" };
/** Compilers for another architecture. */
export const crossCompilers: Readonly<Record<Architecture, Compiler>> = {
  amd64: { cc: "x86_64-linux-gnu-gcc", packages: "gcc-x86-64-linux-gnu libc6-dev-amd64-cross" },
  arm64: { cc: "aarch64-linux-gnu-gcc", packages: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross" },
};

const versionIn = (text: string): string =>
  (/\((?:Debian|Ubuntu)?\s*(?:GLIBC\s+)?([^)]*)\)/.exec(text)?.[1] ?? text.split("\n")[0] ?? "").replace(
    /[^\w.+~]+/g,
    "-",
  );

/** The C library's version, or its digest if it is for another architecture; undefined if there is none. */
async function libraryName(cc: string, compiler: Compiler): Promise<string | undefined> {
  if (compiler === own) return versionIn((await $(quiet)`ldd --version`).stdout);
  const { stdout } = await $(quiet)`${cc} -print-file-name=libc.a`;
  const library = stdout.trim();
  return path.isAbsolute(library) ? (await sha256Of(library)).slice(0, 12) : undefined;
}

/** "cc-12.2.0-14-libc-2.36-9": a static binary's bytes depend on both, so its pin names both. */
async function compilerName({ wanted }: FetchRequest, cc: string, compiler: Compiler): Promise<string> {
  const missing = (what: string): PlayError =>
    new PlayError(
      `${describe(wanted)} has to be compiled for ${wanted.architecture}, but there is no ${what}. Install it (apt-get install ${compiler.packages}), or set artifact_source to upstream or directory.`,
    );
  const { exitCode, stdout } = await $(quiet)`${cc} --version`;
  if (exitCode !== 0) throw missing(`C compiler: "${cc}" was not found on PATH`);
  const library = await libraryName(cc, compiler);
  if (library === undefined) throw missing(`static C library for "${cc}"`);
  return `cc-${versionIn(stdout)}-libc-${library}`;
}

/** Compiles one C file of a Go module into a static binary. */
export async function buildWithC(request: FetchRequest, build: CBuild): Promise<FetchedFiles> {
  const { wanted, folder, at, go = "go" } = request;
  const compiler = wanted.architecture === ownArchitecture ? own : crossCompilers[wanted.architecture];
  const { cc = compiler.cc } = request;
  await goVersion(wanted, go);
  const name = await compilerName(request, cc, compiler);
  const source = path.join((await downloadModule(request, build.module)).Dir, build.source);
  const out = path.join(folder, build.binary);
  const defines = Object.entries(build.defines).map(([key, value]) => `-D${key}=${fill(value, wanted)}`);
  at(`compiling ${describe(wanted)}`);
  const { exitCode, stderr } = await $(
    quiet,
  )`${cc} -Os -Wall -static -s -Wl,--build-id=none ${defines} -o ${out} ${source}`;
  if (exitCode !== 0)
    throw new PlayError(
      `${describe(wanted)}: ${cc} failed (exit code ${exitCode}). Its last lines:\n${stderr.trim().split("\n").slice(-20).join("\n")}`,
    );
  return { source: "build", origin: `build-${name}`, builtWith: name, files: { [build.binary]: out } };
}
