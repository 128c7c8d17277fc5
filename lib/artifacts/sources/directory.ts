import { copyFile, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { sha256Of } from "#engine/cache/cache.ts";
import { digestFor } from "./checksums.ts";
import type { FetchedFiles, FetchRequest } from "./fetch-request.ts";
import { checkProgram } from "./elf.ts";
import type { Pins } from "./pins.ts";
import { describe, type WantedComponent } from "../catalogue/wanted.ts";

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

async function find(directory: string, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const file = path.join(directory, name);
    if (await isFile(file)) return file;
  }
  throw new PlayError(
    `${directory}: neither ${names.join(" nor ")} is there. artifact_source is "directory", so every binary must be in artifact_directory.`,
  );
}

const pinned = (pins: Pins, { version, architecture }: WantedComponent, binary: string): string[] =>
  Object.entries(pins.artifacts)
    .filter(([name]) => name.startsWith(`${binary}@${version}/${architecture}/`))
    .flatMap(([, pin]) => pin?.digest ?? []);

/** Accepts a file that matches SHA256SUMS beside it or, without SHA256SUMS, a pin of any source. */
async function check(file: string, digest: string, request: FetchRequest, binary: string): Promise<void> {
  const sums = path.join(path.dirname(file), "SHA256SUMS");
  if (await isFile(sums)) {
    const expected = digestFor(await readFile(sums, "utf8"), path.basename(file), sums);
    if (expected === digest) return;
    throw new PlayError(`${file}: has sha256 ${digest}, but ${sums} says ${expected}. Copy it again.`);
  }
  const known = pinned(request.pins, request.wanted, binary);
  if (known.includes(digest)) return;
  throw new PlayError(
    known.length === 0
      ? `${file}: there is no digest to check it against. Put a SHA256SUMS beside it (sha256sum * > SHA256SUMS), or pin it in artifacts.lock.json or .kubeplay/artifacts.lock.json.`
      : `${file}: has sha256 ${digest}, but a lock file pins ${binary} ${request.wanted.version} to ${known.join(" or ")}. Is it another version?`,
  );
}

/** Copies the binaries from a prepared folder, for networks without internet access. */
export async function fetchFromDirectory(request: FetchRequest): Promise<FetchedFiles> {
  const { wanted, directory, folder, at } = request;
  if (!directory)
    throw new PlayError(
      `${describe(wanted)}: artifact_source is "directory", but artifact_directory is not set. Set it to the folder with the binaries.`,
    );
  const { kind } = wanted.component.build;
  const isProgram = kind !== "tree" && kind !== "debian-root";
  const files: Record<string, string> = {};
  for (const binary of wanted.component.binaries) {
    const file = await find(directory, [`${binary}-${wanted.version}-linux-${wanted.architecture}`, binary]);
    at(`copying ${file}`);
    const copy = path.join(folder, binary);
    await copyFile(file, copy);
    await check(file, await sha256Of(copy), request, binary);
    if (isProgram) await checkProgram(copy, wanted.architecture, file);
    files[binary] = copy;
  }
  return { source: "directory", origin: "directory", files };
}
