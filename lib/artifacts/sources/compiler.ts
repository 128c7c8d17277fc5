import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { Architecture } from "../catalogue/component.ts";
import { describe, ownArchitecture, type WantedComponent } from "../catalogue/wanted.ts";
import type { SourceOptions } from "./fetch-request.ts";

/** A C compiler, and the Debian packages that contain it and its C library. */
export interface Compiler {
  readonly cc: string;
  readonly packages: string;
}
export const ownCompiler: Compiler = { cc: "cc", packages: "gcc libc6-dev" };
/** Compilers for another architecture. */
export const crossCompilers: Readonly<Record<Architecture, Compiler>> = {
  amd64: { cc: "x86_64-linux-gnu-gcc", packages: "gcc-x86-64-linux-gnu libc6-dev-amd64-cross" },
  arm64: { cc: "aarch64-linux-gnu-gcc", packages: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross" },
};

export const compilerFor = (architecture: Architecture): Compiler =>
  architecture === ownArchitecture ? ownCompiler : crossCompilers[architecture];

/** `why`: the cause for which it is not downloaded. */
export const missing = (wanted: WantedComponent, what: string, why?: string): PlayError =>
  new PlayError(
    `${describe(wanted)} has to be compiled for ${wanted.architecture}, but there is no ${what}. Install it (apt-get install ${compilerFor(wanted.architecture).packages}), or set artifact_source to upstream or directory.${why === undefined ? "" : `\nUpstream cannot be reached: ${why}.`}`,
  );

/** "(Debian 12.2.0-14) 12.2.0" is "12.2.0-14". */
export const versionIn = (text: string): string =>
  (/\((?:Debian|Ubuntu)?\s*(?:GLIBC\s+)?([^)]*)\)/.exec(text)?.[1] ?? text.split("\n")[0] ?? "").replace(
    /[^\w.+~]+/g,
    "-",
  );

/** The program and "cc-12.2.0-14". Throws PlayError if there is none. */
export async function findCompiler(
  wanted: WantedComponent,
  { cc = compilerFor(wanted.architecture).cc }: Pick<SourceOptions, "cc">,
  why?: string,
): Promise<{ readonly cc: string; readonly name: string }> {
  const { exitCode, stdout } = await $({ quiet: true, nothrow: true })`${cc} --version`;
  if (exitCode !== 0) throw missing(wanted, `C compiler: "${cc}" was not found on PATH`, why);
  return { cc, name: `cc-${versionIn(stdout)}` };
}
