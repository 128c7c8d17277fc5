import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { addIndex, addToLayout, type Descriptor } from "#artifacts/images/layout.ts";
import type { Address } from "../addresses.ts";
import type { RecordedImage } from "../record.ts";
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
}

/** Registries with the recorded images, read-only: each image has one layer with the recorded members. */
export function registryOf(
  images: readonly RecordedImage[],
  addresses: readonly Address[],
  programs: Programs,
  folder: string,
): FakeRegistry {
  const layout = path.join(folder, "layout");
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
    const named = images.find(({ image }) => image === `${host}/${repository}:${reference}`);
    if (kind === "manifests" && named) {
      const descriptor = await descriptorOf(named);
      return { file: blob(descriptor.digest), type: descriptor.mediaType, digest: descriptor.digest };
    }
    const known = images.some(({ image }) => image.startsWith(`${host}/${repository}:`) && made.has(image));
    if (!known || !/^sha256:[0-9a-f]{64}$/.test(reference)) return undefined;
    const file = blob(reference);
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
    for (const one of images) if (one.image === image) await descriptorOf(one);
  };
  return { answer, prepare };
}

/** "quay.io/cilium/cilium:v1.19.7" is the repository cilium/cilium of quay.io. */
export const splitReference = (image: string): [host: string, repository: string, tag: string] => {
  const [, host = "", repository = "", tag = ""] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  return [host, repository, tag];
};
