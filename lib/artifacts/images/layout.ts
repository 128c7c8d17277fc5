import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, copyFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { sha256Of } from "#engine/cache/cache.ts";
import type { Recipe } from "./recipe.ts";
import { annotation } from "./registry-query.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: "linux" };
  readonly annotations?: Readonly<Record<string, string>>;
}

const oci = (kind: string): string => `application/vnd.oci.image.${kind}`;
const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const config = (recipe: Recipe, layers: readonly Descriptor[], inputs: string): object => ({
  // Tools show a creation time; a fixed one keeps the bytes the same.
  created: "1970-01-01T00:00:00Z",
  architecture: recipe.architecture,
  os: "linux",
  config: {
    ...(recipe.entrypoint ? { Entrypoint: recipe.entrypoint } : {}),
    ...(recipe.command ? { Cmd: recipe.command } : {}),
    ...(recipe.user ? { User: recipe.user } : {}),
    Env: [searchPath, ...Object.entries(recipe.environment ?? {}).map(([name, value]) => `${name}=${value}`)],
    WorkingDir: recipe.workdir ?? "/",
    Labels: { [annotation]: inputs, ...(recipe.standIn ? { "kubeplay.stand-in": recipe.standIn } : {}) },
  },
  rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
});

export interface Layer {
  readonly file: string;
  /** Set if it is already known: hashing a root file system takes seconds. */
  readonly sha256?: string;
}

/** Adds a layer to the blobs, as a hard link if possible. */
async function addLayer({ file, sha256 }: Layer, blobs: string): Promise<Descriptor> {
  const digest = sha256 ?? (await sha256Of(file));
  const blob = path.join(blobs, digest);
  // Another image of this layout may have it already.
  if (!existsSync(blob)) await link(file, blob).catch(() => copyFile(file, blob));
  return { mediaType: oci("layer.v1.tar"), digest: `sha256:${digest}`, size: (await stat(blob)).size };
}

async function addJson(mediaType: string, content: object, blobs: string): Promise<Descriptor> {
  const text = JSON.stringify(content);
  const name = createHash("sha256").update(text).digest("hex");
  await writeFile(path.join(blobs, name), text);
  return { mediaType, digest: `sha256:${name}`, size: Buffer.byteLength(text) };
}

/**
 * Adds an image to an OCI image layout; the lowest layer is the first. Returns the manifest's descriptor for the
 * layout's index. Layers stay uncompressed: compressed bytes would depend on the compressor's version, and the registry
 * is near.
 */
export async function addToLayout(
  recipe: Recipe,
  from: readonly Layer[],
  inputs: string,
  folder: string,
): Promise<Descriptor> {
  const blobs = path.join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const layers: Descriptor[] = [];
  for (const layer of from) layers.push(await addLayer(layer, blobs));

  const mediaType = oci("manifest.v1+json");
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await addJson(oci("config.v1+json"), config(recipe, layers, inputs), blobs),
    layers,
    annotations: { [annotation]: inputs },
  };
  return addJson(mediaType, manifest, blobs);
}

/** Adds an index to the layout: one name for images of several architectures. */
export function addIndex(manifests: readonly Descriptor[], inputs: string, folder: string): Promise<Descriptor> {
  const mediaType = oci("index.v1+json");
  const index = { schemaVersion: 2, mediaType, manifests, annotations: { [annotation]: inputs } };
  return addJson(mediaType, index, path.join(folder, "blobs", "sha256"));
}

/** Writes the layout's marker file and its index. */
export async function writeLayout(folder: string, manifests: readonly Descriptor[]): Promise<void> {
  await writeFile(path.join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(path.join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
}
