import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { sha256Of } from "#engine/cache/cache.ts";
import type { CBuild } from "../catalogue/component.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { downloadModule } from "./go-build.ts";
import { goVersion } from "./toolchain.ts";
import { describe, fill, ownArchitecture } from "../catalogue/wanted.ts";
import { findCompiler, missing, versionIn } from "./compiler.ts";

const quiet = { quiet: true, nothrow: true } as const;

/** The C library's version, or its digest if it is for another architecture; undefined if there is none. */
async function libraryName({ wanted }: FetchRequest, cc: string): Promise<string | undefined> {
  if (wanted.architecture === ownArchitecture) return versionIn((await $(quiet)`ldd --version`).stdout);
  const { stdout } = await $(quiet)`${cc} -print-file-name=libc.a`;
  const library = stdout.trim();
  return path.isAbsolute(library) ? (await sha256Of(library)).slice(0, 12) : undefined;
}

/** "cc-12.2.0-14-libc-2.36-9": a static binary's bytes depend on both, so its pin names both. */
async function compilerName(request: FetchRequest): Promise<{ cc: string; name: string }> {
  const { cc, name } = await findCompiler(request.wanted, request);
  const library = await libraryName(request, cc);
  if (library === undefined) throw missing(request.wanted, `static C library for "${cc}"`);
  return { cc, name: `${name}-libc-${library}` };
}

/** Compiles one C file of a Go module into a static binary. */
export async function buildWithC(request: FetchRequest, build: CBuild): Promise<FetchedFiles> {
  const { wanted, folder, at, go = "go" } = request;
  await goVersion(wanted, go);
  const { cc, name } = await compilerName(request);
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
