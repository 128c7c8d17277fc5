import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { runCrane } from "../sources/crane.ts";
import { patience, retried, type OnTry } from "../sources/retries.ts";
import type { Descriptor } from "./layout.ts";
import { referenceName, type ImageReference } from "./reference.ts";

/** The images of an OCI layout. Rejects with PlayError if the folder has none. */
export async function readLayout(folder: string): Promise<readonly Descriptor[]> {
  const file = path.join(folder, "index.json");
  try {
    return (JSON.parse(await readFile(file, "utf8")) as { readonly manifests: readonly Descriptor[] }).manifests;
  } catch (error) {
    throw new PlayError(
      `${file}: cannot be read (${error instanceof Error ? error.message : String(error)}), expected the index of an OCI image layout, as npm run bundle writes it`,
    );
  }
}

/**
 * Copies an official image, with all its architectures, into a new OCI layout, byte for byte: its digest stays. Logins
 * are crane's, in ~/.docker/config.json; a certificate authority of your own is that of NODE_EXTRA_CA_CERTS.
 *
 * Rejects with PlayError if the registry does not give the image, or gives another one than `image.digest`, and with
 * TransientError if it does not answer.
 */
export async function pullOfficial(
  image: ImageReference,
  layout: string,
  crane: string,
  onTry?: OnTry,
): Promise<Descriptor> {
  const { host, repository, digest } = image;
  const from = digest === undefined ? referenceName(image) : `${host}/${repository}@${digest}`;
  await retried(from, { patience, onTry }, async () => {
    await rm(layout, { recursive: true, force: true });
    await runCrane(crane, ["pull", "--format=oci", from, layout]).catch((error: unknown) => {
      throw error instanceof PlayError ? new PlayError(`${from}: ${error.message}`) : error;
    });
  });
  const [manifest, ...others] = await readLayout(layout);
  if (!manifest || others.length > 0) throw new PlayError(`${from}: crane left ${String(others.length)} other images`);
  if (digest !== undefined && manifest.digest !== digest)
    throw new PlayError(`${from}: the registry gives ${manifest.digest}. Is a mirror in between out of date?`);
  return manifest;
}
