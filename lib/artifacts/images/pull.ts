import { readFile } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { runCrane } from "../sources/crane.ts";
import { patience as usual, type Retries } from "../sources/retries.ts";
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

export interface PullOptions extends Partial<Retries> {
  /** The path of crane, which does the work. */
  readonly crane: string;
}

/**
 * Copies an official image, with all its architectures, into a new OCI layout, byte for byte: its digest stays. Logins
 * are crane's, in ~/.docker/config.json; a certificate authority of your own is that of NODE_EXTRA_CA_CERTS.
 *
 * Rejects with PlayError if the registry does not give the image, or gives another one than `image.digest`, with
 * TransientError if it does not answer or sends no more data, and with the signal's reason after an interrupt.
 */
export async function pullOfficial(
  image: ImageReference,
  layout: string,
  { crane, patience = usual, onTry, signal }: PullOptions,
): Promise<Descriptor> {
  const { host, repository, digest } = image;
  const from = digest === undefined ? referenceName(image) : `${host}/${repository}@${digest}`;
  const args = ["pull", "--format=oci", from];
  await runCrane({ crane, args, to: layout, reference: from, patience, onTry, signal });
  const [manifest, ...others] = await readLayout(layout);
  if (!manifest || others.length > 0) throw new PlayError(`${from}: crane left ${String(others.length)} other images`);
  if (digest !== undefined && manifest.digest !== digest)
    throw new PlayError(`${from}: the registry gives ${manifest.digest}. Is a mirror in between out of date?`);
  return manifest;
}
