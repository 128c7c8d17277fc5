import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { describe, type WantedComponent } from "../catalogue/wanted.ts";

/** Kubernetes 1.37 requires go 1.26.0 in its go.mod. */
const oldest = "1.26";

const waysOut = (wanted: readonly WantedComponent[], need: string): string =>
  [
    "Do one of the following:",
    `  1. install Go ${need} or newer (https://go.dev/dl, then put /usr/local/go/bin on PATH);`,
    "  2. set artifact_source: upstream, if this machine or a mirror (artifact_upstream_url) reaches the releases;",
    `  3. set artifact_source: directory and artifact_directory to a folder that has ${wanted.flatMap(({ component }) => component.binaries).join(", ")}.`,
  ].join("\n");

/** Go is missing or too old. The error names every component that needs it. */
export class ToolchainError extends PlayError {
  override name = "ToolchainError";
  readonly wanted: readonly WantedComponent[];
  readonly problem: string;
  readonly need: string;

  /** `problem` continues the sentence after "has to". `causes`: why the components are not downloaded. */
  constructor(wanted: readonly WantedComponent[], problem: string, need: string, causes: readonly string[] = []) {
    const names = wanted.map(describe).join(", ");
    const why = causes.length > 0 ? `\nUpstream cannot be reached: ${causes.join("; ")}.` : "";
    super(`${names} ${wanted.length > 1 ? "have" : "has"} to ${problem}.${why}\n${waysOut(wanted, need)}`);
    this.wanted = wanted;
    this.problem = problem;
    this.need = need;
  }
}

export const goMissing = (wanted: WantedComponent, go: string): ToolchainError =>
  new ToolchainError([wanted], `be built, but there is no Go on this machine: "${go}" was not found on PATH`, oldest);

export const goTooOld = (wanted: WantedComponent, found: string, need: string): ToolchainError =>
  new ToolchainError([wanted], `be built with Go ${need} or newer, but this machine has ${found}`, need);

/** Merges the failures of several components, so that the same toolchain problem is reported once. */
export function together(failures: readonly unknown[]): unknown[] {
  const toolchains = failures.filter((failure) => failure instanceof ToolchainError);
  const problems = new Map(toolchains.map(({ problem, need }) => [problem, need]));
  return [
    ...[...problems].map(
      ([problem, need]) =>
        new ToolchainError(
          toolchains.filter((failure) => failure.problem === problem).flatMap(({ wanted }) => wanted),
          problem,
          need,
        ),
    ),
    ...failures.filter((failure) => !(failure instanceof ToolchainError)),
  ];
}

const isOlder = (version: string, than: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
};

/** The toolchain's name, "go1.26.8". Throws ToolchainError if Go is missing or too old. */
export async function goVersion(wanted: WantedComponent, go: string): Promise<string> {
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
