import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { GoBuild } from "../catalogue/component.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { prepareCgo, type Cgo } from "./cgo.ts";
import { compiling, fetchingModules, inTurn, manyBuilds } from "./limits.ts";
import { withPriority } from "./priorities.ts";
import { goTooOld, goVersion } from "./toolchain.ts";
import { describe, fill, type WantedComponent } from "../catalogue/wanted.ts";

const gib = 2 ** 30;
/**
 * Compilers take a seventh to a fifth less time if they collect garbage less often. That costs memory; the output is
 * the same. Where memory is plenty, a compiler collects garbage only once it uses an eighth of it.
 */
const garbage = manyBuilds
  ? { GOGC: "off", GOMEMLIMIT: `${Math.floor(totalmem() / 8 / gib)}GiB` }
  : totalmem() >= 6 * gib
    ? { GOGC: "400" }
    : {};

/** Settings that determine the bytes. They are the same everywhere, so that a toolchain's digests can be pinned. */
const environment = (wanted: WantedComponent): NodeJS.ProcessEnv => ({
  ...garbage,
  ...process.env,
  CGO_ENABLED: "0",
  GOOS: "linux",
  GOARCH: wanted.architecture,
  GOAMD64: "v1",
  GOARM64: "v8.0",
  GOEXPERIMENT: "",
  GOWORK: "off",
  GOTOOLCHAIN: "local",
  GOFLAGS: "-mod=mod -trimpath -buildvcs=false",
});

const fetching = /^go: downloading (\S+) (\S+)/;
const packageName = /^[\w.~-]+(?:\/[\w.~-]+)*$/;

/** The last lines of a failed build's output, without downloads and the packages that were built. */
export const lastWords = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !fetching.test(line) && !packageName.test(line))
    .slice(-20)
    .join("\n");

async function run(args: readonly string[], cwd: string, request: FetchRequest, cgo?: Cgo): Promise<string> {
  const { wanted, at, order, go = "go", signal } = request;
  const env = { ...environment(wanted), ...cgo?.environment };
  const options = { quiet: true, nothrow: true, cwd, env, ...(signal && { signal }) };
  const child = $(options)`${go} ${[...args]}`;
  child.stderr.on("data", (chunk: Buffer) => {
    const line = chunk.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
    const module = fetching.exec(line);
    if (module) at(`fetching ${module[1]} ${module[2]} for ${describe(wanted)}`);
    else if (packageName.test(line)) at(`building ${describe(wanted)}: ${line}`);
  });
  const { exitCode, stdout, stderr } = await withPriority(child.pid, order, child);
  if (exitCode === 0) return stdout;
  const need = /requires go >= (\d+\.\d+(?:\.\d+)?)/.exec(stderr)?.[1];
  if (need) throw goTooOld(wanted, await goVersion(wanted, go), need);
  throw new PlayError(
    `${describe(wanted)}: "go ${args[0]}" failed (exit code ${exitCode}). Its last lines:\n${lastWords(stderr)}`,
  );
}

/** The output of `go mod download` for one module, given as "path version". */
export async function downloadModule(request: FetchRequest, module: string): Promise<{ Dir: string; GoMod: string }> {
  const { wanted, folder, at } = request;
  const name = fill(module, wanted).replace(" ", "@");
  at(`fetching ${name}`);
  const output: unknown = JSON.parse(await run(["mod", "download", "-json", name], folder, request));
  if (typeof output === "object" && output !== null && "Dir" in output && "GoMod" in output) {
    const { Dir, GoMod } = output;
    if (typeof Dir === "string" && typeof GoMod === "string") return { Dir, GoMod };
  }
  throw new PlayError(`go mod download -json ${name} returned no folder: ${JSON.stringify(output)}`);
}

/** The modules that a go.mod requires at exactly this version: a pseudo-version that begins with it is another one. */
export const requiredAt = (goMod: string, version: string): string[] =>
  [...goMod.matchAll(/^\s*(?:require\s+)?(\S+) (\S+)(?: \/\/.*)?$/gm)]
    .filter((match) => match[2] === version)
    .flatMap((match) => match[1] ?? []);

/**
 * The `replace` lines of a go.mod that name a module and a version. Lines that name a folder apply only inside its
 * repository.
 */
export const replacesOf = (goMod: string): string[] =>
  [...goMod.matchAll(/^\s*(?:replace\s+)?(\S+(?: v\S+)? => \S+ v\S+)(?: \/\/.*)?$/gm)].flatMap(
    (match) => match[1] ?? [],
  );

const goModOf = async (request: FetchRequest, module: string): Promise<string> =>
  readFile((await downloadModule(request, module)).GoMod, "utf8");

/** Replacements are often forks that public checksum databases do not have; the module's own go.sum has them. */
async function copyChecksums(request: FetchRequest, module: string, folder: string): Promise<void> {
  const { Dir } = await downloadModule(request, module);
  await writeFile(path.join(folder, "go.sum"), await readFile(path.join(Dir, "go.sum"), "utf8"));
}

async function writeModule(request: FetchRequest, build: GoBuild, folder: string): Promise<void> {
  const { wanted } = request;
  const { replace, repeats } = build;
  const replaced = replace ? requiredAt(await goModOf(request, replace.of), replace.at) : [];
  const repeated = repeats ? replacesOf(await goModOf(request, repeats)) : [];
  const lines = [
    `module kubeplay.build/${wanted.component.name}`,
    "go 1.26.0",
    ...build.requires.map((module) => `require ${fill(module, wanted)}`),
    ...replaced.map((module) => `replace ${module} => ${module} ${fill(replace?.by ?? "", wanted)}`),
    ...repeated.map((line) => `replace ${line}`),
    ...(await completed(request, build, folder)),
  ];
  if (repeats) await copyChecksums(request, repeats, folder);
  await writeFile(path.join(folder, "go.mod"), `${lines.join("\n")}\n`);
}

/**
 * Copies a module, and adds the files that it lacks: Go's own overlays do not reach into its module cache. Returns the
 * line of go.mod that names the copy; none if nothing is missing.
 */
async function completed(request: FetchRequest, { stubs }: GoBuild, folder: string): Promise<string[]> {
  if (!stubs) return [];
  const { Dir } = await downloadModule(request, stubs.module);
  const copy = path.join(folder, "completed");
  await cp(Dir, copy, { recursive: true });
  // Files of the module cache are read-only, and so are their copies.
  await $({ quiet: true })`chmod -R u+w ${copy}`;
  for (const [name, text] of Object.entries(stubs.files)) {
    const file = path.join(copy, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, name.endsWith(".gz") ? stored(text) : text);
  }
  return [`replace ${fill(stubs.module, request.wanted)} => ./completed`];
}

/** In gzip's form, with the same bytes on every system: nothing is compressed, and no system is named. */
function stored(text: string): Buffer {
  const bytes = gzipSync(text, { level: 0 });
  bytes[9] = 255;
  return bytes;
}

/** The file name that `go build -o out/` writes for a package: a trailing /v2 or the like is not part of it. */
const outputName = (name: string): string => path.posix.basename(name.replace(/\/v\d+$/, ""));

export async function buildWithGo(request: FetchRequest, build: GoBuild): Promise<FetchedFiles> {
  const { wanted, at, go = "go" } = request;
  const toolchain = await goVersion(wanted, go);
  const folder = path.join(request.folder, "module");
  await mkdir(folder, { recursive: true });
  const cgo = build.c && (await prepareCgo(request, build.c));
  const packages = Object.entries(build.packages);
  const names = packages.map(([, name]) => name);
  const tests = Object.entries(build.tests ?? {});
  const tags = build.tags ? ["-tags", build.tags.join(",")] : [];
  at(`waiting to fetch the modules of ${describe(wanted)}`);
  await inTurn(fetchingModules, request, async () => {
    at(`fetching the modules of ${describe(wanted)}`);
    await writeModule(request, build, folder);
    // Fetches every module that the build will need, while another component may be compiling.
    const all = [...names, ...tests.map(([, name]) => name)];
    const list = ["list", ...tags, "-deps", ...(tests.length > 0 ? ["-test"] : []), "-f", "{{.ImportPath}}"];
    await run([...list, ...all], folder, request, cgo);
  });
  const stamps = Object.entries(build.stamps ?? {}).map(([name, value]) => `-X ${name}=${fill(value, wanted)}`);
  at(`waiting to build ${describe(wanted)}`);
  await inTurn(compiling, request, async () => {
    at(`building ${describe(wanted)} with ${toolchain}`);
    // -s leaves debug information out of the program, so the compilers need not make it: a seventh of their work.
    const flags = ["-s -w", ...(cgo?.linker ?? []), ...stamps].join(" ");
    const linked = [...tags, ...(cgo?.arguments ?? []), "-gcflags=all=-dwarf=false", "-ldflags", flags];
    await run(["build", "-v", ...linked, "-o", `out${path.sep}`, ...names], folder, request, cgo);
    for (const [binary, name] of tests)
      await run(["test", "-c", ...linked, "-o", path.join("out", binary), name], folder, request, cgo);
  });
  const files = Object.fromEntries([
    ...packages.map(([binary, name]) => [binary, path.join(folder, "out", outputName(name))] as const),
    ...tests.map(([binary]) => [binary, path.join(folder, "out", binary)] as const),
  ]);
  const builtWith = [toolchain, ...(cgo ? [cgo.name] : [])].join("-");
  return { source: "build", origin: `build-${builtWith.replaceAll(":", "%3a")}`, builtWith, files };
}
