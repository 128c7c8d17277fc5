import { createHash } from "node:crypto";
import { link, mkdir, copyFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { sha256Of } from "#roles/artifacts/cache.ts";
import type { Recipe } from "./recipe.ts";
import { annotation } from "./registry-query.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const oci = (kind: string): string => `application/vnd.oci.image.${kind}`;
const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const config = (recipe: Recipe, layers: readonly Descriptor[], inputs: string): object => ({
  // A moment, because tools show one; the same for ever, because the bytes are to be.
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
  /** Where it is known already: hashing a root file system takes seconds. */
  readonly sha256?: string;
}

/** Puts a layer among the blobs, as another name of the same file where that can be. */
async function addLayer({ file, sha256 }: Layer, blobs: string): Promise<Descriptor> {
  const digest = sha256 ?? (await sha256Of(file));
  const blob = path.join(blobs, digest);
  await link(file, blob).catch(() => copyFile(file, blob));
  return { mediaType: oci("layer.v1.tar"), digest: `sha256:${digest}`, size: (await stat(blob)).size };
}

/**
 * Writes an image in the OCI image layout, which `crane push` takes as it is; the lowest layer is the first.
 * Gives the manifest's descriptor. Layers stay uncompressed: a compressor's version would decide their bytes, and the registry is near.
 */
export async function writeLayout(
  recipe: Recipe,
  from: readonly Layer[],
  inputs: string,
  folder: string,
): Promise<Descriptor> {
  const blobs = path.join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const layers: Descriptor[] = [];
  for (const layer of from) layers.push(await addLayer(layer, blobs));

  const writeJson = async (mediaType: string, content: object): Promise<Descriptor> => {
    const text = JSON.stringify(content);
    const name = createHash("sha256").update(text).digest("hex");
    await writeFile(path.join(blobs, name), text);
    return { mediaType, digest: `sha256:${name}`, size: Buffer.byteLength(text) };
  };
  const manifest = await writeJson(oci("manifest.v1+json"), {
    schemaVersion: 2,
    mediaType: oci("manifest.v1+json"),
    config: await writeJson(oci("config.v1+json"), config(recipe, layers, inputs)),
    layers,
    annotations: { [annotation]: inputs },
  });
  await writeFile(path.join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(path.join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return manifest;
}
