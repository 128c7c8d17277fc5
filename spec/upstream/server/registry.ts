import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { addIndex, addToLayout, type Descriptor } from "#artifacts/images/layout.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import type { Address } from "../addresses.ts";
import type { RecordedImage } from "../record.ts";
import { officialImages } from "./official-images.ts";
import { pack } from "./archive.ts";
import type { Programs } from "./programs.ts";

/** What a registry answers: a file and its media type. */
export interface RegistryAnswer {
  readonly file: string;
  readonly type: string;
  readonly digest?: string;
}

export interface FakeRegistry {
  /** For "/v2/cilium/cilium/manifests/v1.19.7" of quay.io; undefined if no record has it. */
  answer(host: string, url: string): Promise<RegistryAnswer | undefined>;
  /** Makes an image before the first request for it. */
  prepare(image: string): Promise<unknown>;
  /** The digest of an image that hosts can run; undefined if there is none. */
  digestOf(image: string): Promise<string | undefined>;
}

interface Served {
  readonly images: readonly RecordedImage[];
  readonly addresses: readonly Address[];
  readonly programs: Programs;
  /** Images that hosts can run, complete; they take the places of recorded ones. */
  readonly recipes: readonly Recipe[];
}

/**
 * Registries with the recorded images, read-only: each image has one layer with the recorded members, unless there is a
 * recipe for all of it.
 */
export function registryOf({ images, addresses, programs, recipes }: Served, folder: string): FakeRegistry {
  const layout = path.join(folder, "layout");
  const official = officialImages(recipes, folder, layout);
  const made = new Map<string, Promise<Descriptor>>();
  const blob = (digest: string): string => path.join(layout, "blobs", "sha256", digest.replace("sha256:", ""));

  async function make({ image, platforms, members = [] }: RecordedImage): Promise<Descriptor> {
    await mkdir(folder, { recursive: true });
    const manifests: Descriptor[] = [];
    for (const platform of platforms) {
      const architecture = platform.replace("linux/", "") as Architecture;
      const work = await mkdtemp(path.join(folder, "image-"));
      const layer = path.join(work, "layer.tar");
      const places = await placesOf(image, architecture);
      await pack(members, (one) => places[one], { work: path.join(work, "root"), to: layer, compress: false });
      const [host, repository] = splitReference(image);
      const recipe = { host, repository, tags: [], for: [], architecture, files: {} };
      const manifest = await addToLayout(recipe, [{ file: layer }], "recorded", layout);
      manifests.push({ ...manifest, platform: { architecture, os: "linux" } });
    }
    return addIndex(manifests, "recorded", layout);
  }

  async function placesOf(image: string, architecture: Architecture): Promise<Record<string, string>> {
    const own = addresses.filter(({ address, wanted }) => address === image && wanted.architecture === architecture);
    const all = own.flatMap(({ contents, wanted }) =>
      Object.entries(contents).map(async ([member, name]) => [member, await programs(wanted, name)] as const),
    );
    return Object.fromEntries(await Promise.all(all));
  }

  async function answer(host: string, url: string): Promise<RegistryAnswer | undefined> {
    const [, repository = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const name = `${host}/${repository}:${reference}`;
    const recorded = images.find(({ image }) => image === name);
    if (kind === "manifests") {
      const descriptor = (await official.descriptorOf(name)) ?? (recorded && (await descriptorOf(recorded)));
      if (descriptor) return { file: blob(descriptor.digest), type: descriptor.mediaType, digest: descriptor.digest };
    }
    const known = [...images.map(({ image }) => image), ...official.names].some((one) =>
      one.startsWith(`${host}/${repository}:`),
    );
    const file = blob(reference);
    if (!known || !/^sha256:[0-9a-f]{64}$/.test(reference) || !existsSync(file)) return undefined;
    if (kind === "blobs") return { file, type: "application/octet-stream", digest: reference };
    const { mediaType } = JSON.parse(await readFile(file, "utf8")) as { readonly mediaType: string };
    return { file, type: mediaType, digest: reference };
  }
  const descriptorOf = (image: RecordedImage): Promise<Descriptor> => {
    const making = made.get(image.image) ?? make(image);
    made.set(image.image, making);
    return making;
  };
  const prepare = async (image: string): Promise<void> => {
    if (await official.descriptorOf(image)) return;
    for (const one of images) if (one.image === image) await descriptorOf(one);
  };
  const digestOf = async (image: string): Promise<string | undefined> => (await official.descriptorOf(image))?.digest;
  return { answer, prepare, digestOf };
}

/** "quay.io/cilium/cilium:v1.19.7" is the repository cilium/cilium of quay.io. */
export const splitReference = (image: string): [host: string, repository: string, tag: string] => {
  const [, host = "", repository = "", tag = ""] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  return [host, repository, tag];
};
