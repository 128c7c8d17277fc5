import { link, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import { artifact } from "#engine/queries/artifact.ts";
import { askNow } from "#engine/queries/define.ts";
import type { Progress } from "#engine/tasks/resource.ts";
import { defaultCache } from "#engine/cache/cache.ts";
import { imagesOf } from "#artifacts/images/image.ts";
import { writeLayout, type Descriptor } from "#artifacts/images/layout.ts";
import { makeImage } from "#artifacts/images/push.ts";
import { imageName, type Recipe } from "#artifacts/images/recipe.ts";
import type { Contents } from "./contents.ts";

/** The file name that artifact_source "directory" expects: "kubelet@1.37.2/amd64" is kubelet-1.37.2-linux-amd64. */
const fileName = (name: string): string => name.replace("@", "-").replace("/", "-linux-");

/** Hard-links the artifacts from the cache into the folder, and writes their digests beside them. */
async function addArtifacts(names: readonly string[], folder: string): Promise<void> {
  const found = await Promise.all(names.map(async (name) => [name, await askNow(artifact(name))] as const));
  const missing = found.flatMap(([name, state]) => (state === undefined ? [name] : []));
  if (missing.length > 0)
    throw new PlayError(
      `the artifact cache lacks ${missing.join(", ")}: run npm run play -- --tags artifacts site first, with the same inventory and variables`,
    );
  const sums: string[] = [];
  for (const [name, state] of found) {
    if (!state) continue;
    await link(state.file, path.join(folder, fileName(name)));
    sums.push(`${state.sha256}  ${fileName(name)}\n`);
  }
  await writeFile(path.join(folder, "SHA256SUMS"), sums.sort().join(""));
}

/** Writes one OCI image layout for all images: layers that they share are there once. */
async function addImages(recipes: readonly Recipe[], folder: string, work: string, progress: Progress): Promise<void> {
  const manifests: Descriptor[] = [];
  for (const image of imagesOf(recipes)) {
    const [first] = image;
    progress(`making ${imageName(first)}`);
    const manifest = await makeImage(image, work, folder);
    for (const tag of first.tags) {
      const name = imageName({ ...first, tags: [tag] });
      manifests.push({ ...manifest, annotations: { "org.opencontainers.image.ref.name": name } });
    }
  }
  await writeLayout(folder, manifests);
}

/**
 * Writes the tar for a site without internet access. The same contents give the same bytes. The file appears only when
 * it is complete.
 */
export async function writeBundle(
  { artifacts, recipes }: Pick<Contents, "artifacts" | "recipes">,
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
    await addImages(recipes, path.join(root, "images"), folder, progress);
    progress(`writing ${out}`);
    const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
    // A root file system is an artifact and a layer: two hard links to one file, which become two files in the tar.
    const { exitCode, stderr } = await $({
      quiet: true,
      nothrow: true,
    })`tar ${fixed} --hard-dereference --mode=u=rwX,go=rX --directory ${folder} -cf ${half} bundle`;
    if (exitCode !== 0) throw new PlayError(`${out}: cannot be written: ${stderr.trim()}`);
    await rename(half, out);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(half, { force: true });
  }
}
