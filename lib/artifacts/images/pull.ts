import { readFile } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";

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
 * and certificate authorities are crane's: ~/.docker/config.json and SSL_CERT_FILE.
 *
 * Rejects with PlayError if the registry does not give the image, or gives another one than `image.digest`.
 */
export async function pullOfficial(image: ImageReference, layout: string, crane: string): Promise<Descriptor> {
  const { host, repository, digest } = image;
  const from = digest === undefined ? referenceName(image) : `${host}/${repository}@${digest}`;
  const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${crane} pull --format=oci ${from} ${layout}`;
  if (exitCode !== 0) throw new PlayError(`${from}: cannot be pulled: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  const [manifest, ...others] = await readLayout(layout);
  if (!manifest || others.length > 0) throw new PlayError(`${from}: crane left ${String(others.length)} other images`);
  if (digest !== undefined && manifest.digest !== digest)
    throw new PlayError(`${from}: the registry gives ${manifest.digest}. Is a mirror in between out of date?`);
  return manifest;
}
