import { $ } from "zx";
import { PlayError } from "#lib/errors.ts";
import { describe, type Wanted } from "./wanted.ts";

/** Kubernetes 1.37 says go 1.26.0 in its go.mod. */
const oldest = "1.26";

const waysOut = (wanted: Wanted, need: string): string =>
  [
    "Three ways out:",
    `  1. install Go ${need} or newer (https://go.dev/dl, then /usr/local/go/bin on PATH);`,
    "  2. set artifact_source: upstream, where this machine or a mirror (artifact_upstream_url) reaches the releases;",
    `  3. set artifact_source: directory and artifact_directory to a folder that has ${wanted.component.binaries.join(", ")}.`,
  ].join("\n");

export const goMissing = (wanted: Wanted, go: string): PlayError =>
  new PlayError(
    `${describe(wanted)} has to be built, but there is no Go on this machine: "${go}" was not found on PATH.\n${waysOut(wanted, oldest)}`,
  );

export const goTooOld = (wanted: Wanted, found: string, need: string): PlayError =>
  new PlayError(
    `${describe(wanted)} has to be built with Go ${need} or newer, but this machine has ${found}.\n${waysOut(wanted, need)}`,
  );

const isOlder = (version: string, than: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
};

/** The toolchain's name, "go1.26.8". */
export async function goVersion(wanted: Wanted, go: string): Promise<string> {
  const { exitCode, stdout } = await $({
    quiet: true,
    nothrow: true,
    env: { ...process.env, GOTOOLCHAIN: "local" },
  })`${go} version`;
  const name = /\b(go(\d+\.\d+\S*))/.exec(stdout);
  if (exitCode !== 0 || name?.[1] === undefined || name[2] === undefined) throw goMissing(wanted, go);
  if (isOlder(name[2], oldest)) throw goTooOld(wanted, name[1], oldest);
  return name[1];
}
