import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import { counted } from "#engine/counted.ts";
import { PlayError, rootCause, TaskError, throwAll, TransientError } from "#engine/errors.ts";
import { artifact } from "#engine/queries/artifact.ts";
import { askNow } from "#engine/queries/define.ts";
import { noRun, type Progress, type RunSurroundings } from "#engine/tasks/resource.ts";
import { ProgressLine } from "../store/progress-line.ts";
import { defaultCache } from "#engine/cache/cache.ts";
import type { At } from "../sources/fetch-request.ts";
import { imageDigest, type Image } from "./image.ts";
import { inputs, inputsKey, type Inputs } from "./inputs-query.ts";
import { writeLayer } from "./layer.ts";
import { addIndex, addToLayout, type Descriptor, type Layer } from "./layout.ts";
import { imageName, type Recipe } from "./recipe.ts";
import type { RegistryAddress } from "./registry-client.ts";
import { answersAgain } from "./registry-query.ts";
import { ImageUpload } from "./upload.ts";

/** Images in progress at once: each is a tar and an upload, which take turns waiting for the disk. */
const atOnce = 4;

/** The digest of the image's inputs. Throws PlayError if an input is missing. */
function digestOf(image: Image, now: Inputs): string {
  const digest = imageDigest(image, now);
  if (digest !== undefined) return digest;
  const missing = Object.entries(now).flatMap(([name, found]) => (found === undefined ? [name] : []));
  throw new PlayError(
    `${imageName(image[0])}: cannot be made without ${missing.join(", ")}. Artifacts come from the role artifacts; files are read on the controller.`,
  );
}

/** Makes the recipe's image in a new folder below `work`, and adds it to the OCI layout. */
async function makeOne(recipe: Recipe, digest: string, work: string, layout: string): Promise<Descriptor> {
  const folder = await mkdtemp(path.join(work, "layers-"));
  const own = path.join(folder, "layer.tar");
  const below = recipe.base === undefined ? undefined : await askNow(artifact(recipe.base));
  const layers: Layer[] = [
    ...(below ? [below] : []),
    ...((await writeLayer(recipe, folder, own)) ? [{ file: own }] : []),
  ];
  const manifest = await addToLayout(recipe, layers, digest, layout);
  await rm(folder, { recursive: true });
  return manifest;
}

/** Adds the image to the OCI layout and returns its descriptor. Several architectures give an index of images. */
export async function makeImage(image: Image, work: string, layout: string): Promise<Descriptor> {
  const now = await askNow(inputs(inputsKey(image)));
  const digest = digestOf(image, now);
  const [first, ...others] = image;
  if (others.length === 0) return makeOne(first, digest, work, layout);
  const manifests: Descriptor[] = [];
  for (const recipe of image) {
    const platform = { architecture: recipe.architecture, os: "linux" } as const;
    manifests.push({ ...(await makeOne(recipe, digestOf([recipe], now), work, layout)), platform });
  }
  return addIndex(manifests, digest, layout);
}

/** Makes the image and pushes it; a tag appears or moves only after the whole image is in the registry. */
async function pushImage(image: Image, address: RegistryAddress, at: At, signal: AbortSignal): Promise<void> {
  // Beside the cache: large layers are hard-linked there, and not copied to a file system that may be in memory.
  const { work } = defaultCache();
  await mkdir(work, { recursive: true });
  const folder = await mkdtemp(path.join(work, "image-"));
  try {
    const [{ repository, tags }] = image;
    at(`making ${imageName(image[0])}`);
    const layout = path.join(folder, "layout");
    const manifest = await makeImage(image, folder, layout);
    await pushTags(layout, manifest, { ...address, repository, tags, at, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Target extends RegistryAddress {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly at: At;
  readonly signal?: AbortSignal;
}

/** Pushes an image of a layout under its tags. */
export async function pushTags(
  layout: string,
  manifest: Descriptor,
  { repository, tags, at, signal, ...address }: Target,
): Promise<void> {
  const upload = new ImageUpload(layout, { ...address, repository }, signal);
  for (const tag of tags) {
    at(`pushing ${repository}:${tag}`);
    await upload.push(manifest, tag).catch((error: unknown) => {
      const { registry } = address;
      throw new (error instanceof TransientError ? TransientError : PlayError)(
        `${registry}/${repository}:${tag}: cannot be pushed: ${rootCause(error)}. Is the registry at ${registry} running?`,
        { cause: error },
      );
    });
  }
}

/**
 * Makes and pushes a few images at once. Throws failures after the others are done, so that
 * their work is not lost.
 */
export const pushImages = (
  images: readonly Image[],
  address: RegistryAddress,
  step: Partial<StepOfRun> = {},
): Promise<void> => eachOf(images, address, step, (image, at, signal) => pushImage(image, address, at, signal));

/** The arguments of a step on the controller. */
interface StepOfRun {
  readonly progress: Progress;
  readonly stopping: () => boolean;
  readonly run: RunSurroundings;
}

/** Milliseconds between two checks of whether the run is stopping. */
const looksEvery = 250;

/**
 * Works on a few images at once. Throws failures after the others are done. An interrupted run aborts the signal of those
 * in progress, and begins no others.
 */
export async function eachOf<T>(
  images: readonly T[],
  { registry }: RegistryAddress,
  { progress = () => undefined, stopping = () => false, run = noRun }: Partial<StepOfRun>,
  work: (image: T, at: At, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const look = setInterval(() => {
    if (stopping()) stop.abort();
  }, looksEvery);
  const signal = AbortSignal.any([stop.signal, run.ended]);
  const progressLine = new ProgressLine();
  const slots = pLimit(atOnce);
  const one = (image: T, at: At) =>
    slots(async () => {
      signal.throwIfAborted();
      await work(image, at, signal);
    });
  answersAgain(registry);
  const results = await progressLine
    .telling(progress, () => Promise.allSettled(images.map((image) => progressLine.row((at) => one(image, at)))))
    .finally(() => clearInterval(look));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (failures.length > 0 && signal.aborted) {
    const done = `${String(images.length - failures.length)} of ${counted(images.length, "image")}`;
    throw new TaskError(`interrupted: ${done} done. They stay in ${registry}: run the same command again.`);
  }
  throwAll(failures);
}
