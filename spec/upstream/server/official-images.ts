import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import path from "node:path";
import { imagesOf, type Image } from "#artifacts/images/image.ts";
import type { Descriptor } from "#artifacts/images/layout.ts";
import { makeImage } from "#artifacts/images/push.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";

/** Images under their official names, made at the first request. */
export interface OfficialImages {
  readonly names: readonly string[];
  /** The descriptor of "quay.io/cilium/cilium:v1.19.7"; undefined if no recipe makes it. */
  descriptorOf(name: string): Promise<Descriptor | undefined>;
}

/** Makes the images in the form of official ones: an index of platforms, with no mark of kubeplay. */
export function officialImages(recipes: readonly Recipe[], folder: string, layout: string): OfficialImages {
  const images = new Map<string, Image>(
    imagesOf(recipes).flatMap((image): (readonly [string, Image])[] =>
      image[0].tags.map((tag) => [`${image[0].host}/${image[0].repository}:${tag}`, image]),
    ),
  );
  const made = new Map<string, Promise<Descriptor>>();
  const blobs = path.join(layout, "blobs", "sha256");

  async function add(mediaType: string, content: object): Promise<Descriptor> {
    const text = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
    const sha256 = createHash("sha256").update(text).digest("hex");
    await writeFile(path.join(blobs, sha256), text);
    return { mediaType, digest: `sha256:${sha256}`, size: Buffer.byteLength(text) };
  }

  async function make(image: Image): Promise<Descriptor> {
    const [{ architecture }] = image;
    await mkdir(folder, { recursive: true });
    const work = await mkdtemp(path.join(folder, "official-"));
    const { mediaType, digest } = await makeImage([image[0]], work, layout);
    await rm(work, { recursive: true });
    const text = await readFile(path.join(blobs, digest.replace("sha256:", "")), "utf8");
    const { config, layers } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const manifest = { ...(await add(mediaType, { config, layers })), platform: { architecture, os: "linux" } };
    return add("application/vnd.oci.image.index.v1+json", { manifests: [manifest] });
  }

  return {
    names: [...images.keys()],
    descriptorOf: async (name) => {
      const image = images.get(name);
      if (!image) return undefined;
      const making = made.get(name) ?? make(image);
      made.set(name, making);
      return making;
    },
  };
}
