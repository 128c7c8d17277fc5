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

/** As artifact_source "directory" looks for it: "kubelet@1.37.2/amd64" is kubelet-1.37.2-linux-amd64. */
const fileName = (name: string): string => name.replace("@", "-").replace("/", "-linux-");

/** Puts the artifacts into the folder by their names, as further names of the cache's files, and their digests beside. */
async function addArtifacts(names: readonly string[], folder: string): Promise<void> {
  const found = await Promise.all(names.map(async (name) => [name, await askNow(artifact(name))] as const));
  const missing = found.flatMap(([name, state]) => (state === undefined ? [name] : []));
  if (missing.length > 0)
    throw new PlayError(
      `the artifact cache is without ${missing.join(", ")}: run npm run play -- --tags artifacts site first, with the same inventory and variables`,
    );
  const sums: string[] = [];
  for (const [name, state] of found) {
    if (!state) continue;
    await link(state.file, path.join(folder, fileName(name)));
    sums.push(`${state.sha256}  ${fileName(name)}\n`);
  }
  await writeFile(path.join(folder, "SHA256SUMS"), sums.sort().join(""));
}

/** One OCI image layout for all images: what they share is there once. */
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

/** Writes the tar for a site without a way out; the same contents give the same bytes, and it appears only when it is whole. */
export async function writeBundle(
  { artifacts, recipes }: Pick<Contents, "artifacts" | "recipes">,
  out: string,
  progress: Progress = () => undefined,
): Promise<void> {
  const { work } = defaultCache();
  await mkdir(work, { recursive: true });
  // On the cache's own file system: its files get a second name there, and are not copied.
  const folder = await mkdtemp(path.join(work, "bundle-"));
  const half = `${out}.part`;
  try {
    const root = path.join(folder, "bundle");
    await mkdir(path.join(root, "images"), { recursive: true });
    await addArtifacts(artifacts, root);
    await addImages(recipes, path.join(root, "images"), folder, progress);
    progress(`writing ${out}`);
    const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
    // A root file system is an artifact and a layer: two names of one file, which are two files in the tar.
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
