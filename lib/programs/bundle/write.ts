import { link, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { artifact, artifactFile } from "#engine/queries/artifact.ts";
import { askNow } from "#engine/queries/define.ts";
import type { Progress } from "#engine/tasks/resource.ts";
import { defaultCache, sha256Of } from "#engine/cache/cache.ts";
import type { Contents } from "./contents.ts";
import { addImages } from "./images.ts";
import { writeTar } from "./tar.ts";

/** The file name that artifact_source "directory" expects: "kubelet@1.37.2/amd64" is kubelet-1.37.2-linux-amd64. */
const fileName = (name: string): string => name.replace("@", "-").replace("/", "-linux-");

/** Hard-links the artifacts from the cache into the folder. */
async function addArtifacts(names: readonly string[], folder: string): Promise<void> {
  const found = await Promise.all(names.map(async (name) => [name, await askNow(artifact(name))] as const));
  const missing = found.flatMap(([name, state]) => (state === undefined ? [name] : []));
  if (missing.length > 0)
    throw new PlayError(
      `the artifact cache lacks ${missing.join(", ")}: run npm run play -- --tags artifacts site first, with the same inventory and variables`,
    );
  for (const [name, state] of found) if (state) await link(state.file, path.join(folder, fileName(name)));
}

/** The digests of all files beside it; images and other folders have digests of their own. */
async function addSums(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sums = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name }) => `${await sha256Of(path.join(folder, name))}  ${name}\n`),
  );
  await writeFile(path.join(folder, "SHA256SUMS"), sums.sort().join(""));
}

export interface Written extends Pick<Contents, "artifacts" | "images"> {
  /** Ends the work early: then the signal's reason is thrown, and nothing is left. */
  readonly signal?: AbortSignal;
  /** The artifact of crane, which pulls official images. */
  readonly crane?: string;
  /** Adds further files to the bundle's folder; `work` is beside it. */
  readonly more?: (folder: string, work: string) => Promise<void>;
}

/**
 * Writes the tar for a site without internet access. The same contents give the same bytes. The file appears only when
 * it is complete.
 */
export async function writeBundle(
  { artifacts, images, crane = "", more, signal }: Written,
  out: string,
  progress: Progress = () => undefined,
): Promise<void> {
  const { work } = defaultCache();
  await mkdir(work, { recursive: true });
  // On the cache's own file system, so that its files are hard-linked and not copied.
  const folder = await mkdtemp(path.join(work, "bundle-"));
  const half = `${out}.part`;
  try {
    const root = path.join(folder, "bundle");
    await mkdir(path.join(root, "images"), { recursive: true });
    await addArtifacts(artifacts, root);
    await addImages(images, {
      folder: path.join(root, "images"),
      work: folder,
      crane: () => artifactFile(crane),
      progress,
      signal,
    });
    signal?.throwIfAborted();
    await more?.(root, folder);
    signal?.throwIfAborted();
    await addSums(root);
    progress(`writing ${out}`);
    await writeTar(folder, half, ["bundle"]);
    signal?.throwIfAborted();
    await rename(half, out);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(half, { force: true });
  }
}
