import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#lib/errors.ts";
import type { CBuild } from "./component.ts";
import type { Delivery, Errand } from "./delivery.ts";
import { downloadModule } from "./go-build.ts";
import { goVersion } from "./toolchain.ts";
import { describe, fill, ownArchitecture } from "./wanted.ts";

const quiet = { quiet: true, nothrow: true } as const;

/** "gcc-12.2.0-14-glibc-2.36-9": a static binary's bytes come from both, so both are a part of its pin. */
async function compilerName(errand: Errand, cc: string): Promise<string> {
  const [compiler, library] = await Promise.all([$(quiet)`${cc} --version`, $(quiet)`ldd --version`]);
  if (compiler.exitCode !== 0)
    throw new PlayError(
      `${describe(errand.wanted)} has to be compiled, but there is no C compiler: "${cc}" was not found on PATH. Install it (apt-get install gcc libc6-dev), or set artifact_source to upstream or directory.`,
    );
  const version = (text: string): string =>
    (/\((?:Debian|Ubuntu)?\s*(?:GLIBC\s+)?([^)]*)\)/.exec(text)?.[1] ?? text.split("\n")[0] ?? "").replace(
      /[^\w.+~]+/g,
      "-",
    );
  return `cc-${version(compiler.stdout)}-libc-${version(library.stdout)}`;
}

/** Compiles one C file of a Go module into a static binary for this machine's own architecture. */
export async function buildWithC(errand: Errand, build: CBuild): Promise<Delivery> {
  const { wanted, folder, at, go = "go", cc = "cc" } = errand;
  if (wanted.architecture !== ownArchitecture)
    throw new PlayError(
      `${describe(wanted)} for ${wanted.architecture} cannot be compiled on ${ownArchitecture}: set artifact_source to upstream or directory for it.`,
    );
  await goVersion(wanted, go);
  const name = await compilerName(errand, cc);
  const source = path.join((await downloadModule(errand, build.module)).Dir, build.source);
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
