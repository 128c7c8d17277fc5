import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { defaultCache, sha256Of } from "#engine/cache/cache.ts";
import { PlayError } from "#engine/errors.ts";
import { readLayout } from "#artifacts/images/pull.ts";
import { unresolved, type ImagesByName } from "#artifacts/images/resolve.ts";
import type { Descriptor } from "#artifacts/images/layout.ts";
import { packagesIn } from "./debian.ts";

export interface Expected {
  /** References of images, with the digests that are known: "registry.k8s.io/pause:3.10.2". */
  readonly images: readonly string[];
  /** The names of files: "kubelet-1.37.2-linux-amd64". */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

interface Document {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/** Everything that is wrong with a manifest and its parts: missing blobs, and blobs with other bytes. */
async function wrongIn(blobs: string, top: Descriptor, seen: Set<string>): Promise<string[]> {
  if (seen.has(top.digest)) return [];
  seen.add(top.digest);
  const file = path.join(blobs, top.digest.replace("sha256:", ""));
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) return /foreign|nondistributable/.test(top.mediaType) ? [] : [`${top.digest} is missing`];
  if (size !== top.size || `sha256:${await sha256Of(file)}` !== top.digest) return [`${top.digest} has other bytes`];
  if (!/manifest|index/.test(top.mediaType)) return [];
  const { config, layers = [], manifests = [] } = JSON.parse(await readFile(file, "utf8")) as Document;
  const parts = [...manifests, ...layers, ...(config ? [config] : [])];
  const wrong: string[] = [];
  for (const part of parts) wrong.push(...(await wrongIn(blobs, part, seen)));
  return wrong;
}

const referenceOf = ({ annotations, digest }: Descriptor): string =>
  annotations?.["org.opencontainers.image.ref.name"] ?? digest;

async function imagesWrong(layout: string, references: readonly string[]): Promise<string[]> {
  const manifests = await readLayout(layout);
  const images: ImagesByName = Object.fromEntries(manifests.map((one) => [referenceOf(one), one.digest]));
  const seen = new Set<string>();
  const broken: string[] = [];
  for (const manifest of manifests)
    broken.push(
      ...(await wrongIn(path.join(layout, "blobs/sha256"), manifest, seen)).map(
        (why) => `${referenceOf(manifest)}: ${why}`,
      ),
    );
  return [
    ...unresolved(references, images).map((reference) => {
      const there = images[reference.split("@")[0] ?? ""];
      return `${reference}: ${there === undefined ? "is not in the bundle" : `the bundle has ${there} under this name`}`;
    }),
    ...broken,
  ];
}

async function filesWrong(folder: string, expected: readonly string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    cwd: folder,
  })`sha256sum --check --quiet SHA256SUMS`;
  const names = new Set(await readdir(folder));
  return [
    ...expected.filter((name) => !names.has(name)).map((name) => `${name}: is not in the bundle`),
    ...(exitCode === 0 ? [] : (stdout + stderr).trim().split("\n")),
  ];
}

/** Everything that an unpacked bundle lacks, or that is damaged in it; empty if the site can be played with it. */
export async function problemsOf(folder: string, expected: Expected): Promise<readonly string[]> {
  const tarball = path.join(folder, "debian.tar");
  const packages = expected.packages.length === 0 ? [] : await packagesIn(tarball).catch(() => []);
  return [
    ...(await filesWrong(folder, expected.files)),
    ...(await imagesWrong(path.join(folder, "images"), expected.images)),
    ...expected.packages
      .filter((name) => !packages.includes(name))
      .map((name) => `Debian package ${name}: is not in debian.tar`),
  ];
}

/** Unpacks a bundle for `work`, unless it is a folder already. */
export async function unpacked<T>(bundle: string, work: (folder: string) => Promise<T>): Promise<T> {
  const found = await stat(bundle).catch(() => {
    throw new PlayError(`${bundle}: is not there, expected a bundle that npm run bundle wrote, or its folder`);
  });
  if (found.isDirectory()) return work(bundle);
  const { work: beside } = defaultCache();
  await mkdir(beside, { recursive: true });
  const folder = await mkdtemp(path.join(beside, "check-"));
  try {
    const input = createReadStream(bundle);
    await $({ quiet: true, input })`tar -xf - -C ${folder}`.catch((error: unknown) => {
      throw new PlayError(`${bundle}: is not a complete tar: ${String(error).split("\n")[0] ?? ""}`);
    });
    return await work(path.join(folder, "bundle"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
