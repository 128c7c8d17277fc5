import { link, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import { PlayError, throwAll } from "#engine/errors.ts";
import { imagesOf } from "#artifacts/images/image.ts";
import { pinned } from "#artifacts/images/image-copies.ts";
import { readImageDigests } from "#artifacts/images/image-lock.ts";
import { writeLayout, type Descriptor } from "#artifacts/images/layout.ts";
import { pullOfficial } from "#artifacts/images/pull.ts";
import { makeImage } from "#artifacts/images/push.ts";
import { imageName, type Recipe } from "#artifacts/images/recipe.ts";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import type { Progress } from "#engine/tasks/resource.ts";
import type { BundledImages } from "./contents.ts";

const named = (manifest: Descriptor, name: string): Descriptor => ({
  ...manifest,
  annotations: { "org.opencontainers.image.ref.name": name },
});

export interface AddedTo {
  /** The OCI image layout. */
  readonly folder: string;
  readonly work: string;
  /** The path of crane; asked for only if official images are copied. */
  readonly crane: () => Promise<string>;
  readonly progress: Progress;
  /** Ends the work early. */
  readonly signal?: AbortSignal | undefined;
}

async function made(recipes: readonly Recipe[], { folder, work, progress, signal }: AddedTo): Promise<Descriptor[]> {
  const manifests: Descriptor[] = [];
  for (const image of imagesOf(recipes)) {
    signal?.throwIfAborted();
    const [first] = image;
    progress(`making ${imageName(first)}`);
    const manifest = await makeImage(image, work, folder);
    manifests.push(...first.tags.map((tag) => named(manifest, imageName({ ...first, tags: [tag] }))));
  }
  return manifests;
}

/** Moves the blobs of a layout into another one: blobs that images share are there once. */
async function addBlobs(from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((folder) => path.join(folder, "blobs", "sha256")) as [string, string];
  await mkdir(target, { recursive: true });
  for (const name of await readdir(source))
    await link(path.join(source, name), path.join(target, name)).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
}

/** Images that are pulled at once: registries limit the rate. */
const atOnce = 3;

async function copied(images: readonly ImageReference[], to: AddedTo): Promise<Descriptor[]> {
  const { folder, work, progress, signal } = to;
  const [crane, digests] = [await to.crane(), await readImageDigests()];
  const slots = pLimit(atOnce);
  const pull = async (image: ImageReference): Promise<Descriptor> => {
    signal?.throwIfAborted();
    const own = await mkdtemp(path.join(work, "pull-"));
    progress(`pulling ${referenceName(image)}`);
    const layout = path.join(own, "layout");
    const onTry = (line: string): void => progress(`pulling ${referenceName(image)}: ${line}`);
    const manifest = await pullOfficial(pinned(image, digests), layout, { crane, onTry, signal });
    await addBlobs(layout, folder);
    await rm(own, { recursive: true });
    return named(manifest, referenceName(image));
  };
  const results = await Promise.allSettled(images.map((image) => slots(() => pull(image))));
  signal?.throwIfAborted();
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (failures.length > 0)
    throwAll([
      ...failures,
      new PlayError("images that cannot be pulled can be made here instead, but for stand-ins: -e images_source=build"),
    ]);
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Writes one OCI image layout for all images, each under its official name. Layers that they share are there once. */
export async function addImages(images: BundledImages, to: AddedTo): Promise<void> {
  const manifests = "recipes" in images ? await made(images.recipes, to) : await copied(images.official, to);
  await writeLayout(to.folder, manifests);
}
