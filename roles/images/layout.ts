import { createHash } from "node:crypto";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Recipe } from "./images.ts";
import { label } from "./registry-query.ts";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const oci = (kind: string): string => `application/vnd.oci.image.${kind}`;

const config = (recipe: Recipe, layer: Descriptor, inputs: string): object => ({
  // A moment, because tools show one; the same for ever, because the bytes are to be.
  created: "1970-01-01T00:00:00Z",
  architecture: recipe.architecture,
  os: "linux",
  config: {
    Entrypoint: recipe.entrypoint,
    ...(recipe.command ? { Cmd: recipe.command } : {}),
    ...(recipe.user ? { User: recipe.user } : {}),
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    WorkingDir: "/",
    Labels: { [label]: inputs },
  },
  rootfs: { type: "layers", diff_ids: [layer.digest] },
});

/**
 * Writes an image with one layer in the OCI image layout, which `crane push` takes as it is.
 * The layer stays uncompressed: a compressor's version would decide its bytes, and the registry is near.
 */
export async function writeLayout(recipe: Recipe, layerFile: string, inputs: string, folder: string): Promise<void> {
  const blobs = path.join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });

  const hash = createHash("sha256");
  await pipeline(createReadStream(layerFile), hash);
  const digest = hash.digest("hex");
  const layer: Descriptor = {
    mediaType: oci("layer.v1.tar"),
    digest: `sha256:${digest}`,
    size: (await stat(layerFile)).size,
  };
  await rename(layerFile, path.join(blobs, digest));

  const writeJson = async (mediaType: string, content: object): Promise<Descriptor> => {
    const text = JSON.stringify(content);
    const name = createHash("sha256").update(text).digest("hex");
    await writeFile(path.join(blobs, name), text);
    return { mediaType, digest: `sha256:${name}`, size: Buffer.byteLength(text) };
  };
  const manifest = await writeJson(oci("manifest.v1+json"), {
    schemaVersion: 2,
    mediaType: oci("manifest.v1+json"),
    config: await writeJson(oci("config.v1+json"), config(recipe, layer, inputs)),
    layers: [layer],
  });
  await writeFile(path.join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(path.join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
}
