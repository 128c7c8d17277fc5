import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "#engine/errors.ts";
import { defineQuery } from "#engine/queries/define.ts";
import { home } from "#engine/start/home.mjs";

/** The digests of images.lock.json: "registry.k8s.io/pause:3.10.2" → "sha256:…". */
export type ImageDigests = Readonly<Record<string, string>>;

/** The digests that kubeplay comes with. */
const shipped = path.join(home, "images.lock.json");

/** Reads the digests of official images; empty if the file is not there. Throws InputError if it is damaged. */
export async function readImageDigests(file = shipped): Promise<ImageDigests> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return {};
  }
  const { images } = parsed(file, text);
  for (const [name, digest] of Object.entries(images))
    if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest))
      throw problem(file, `"${name}": expected sha256: and 64 hex digits, got ${JSON.stringify(digest)}`);
  return images as ImageDigests;
}

const problem = (file: string, message: string): InputError => new InputError([{ message, where: { file } }]);

function parsed(file: string, text: string): { readonly images: object } {
  try {
    const content = JSON.parse(text) as { readonly images?: object };
    if (typeof content.images === "object") return { images: content.images };
  } catch (error) {
    throw problem(file, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw problem(file, `has no "images", expected an object of image → digest; restore it from version control`);
}

/** The digests of official images that this project pins. The key is always "". */
export const imageDigests = defineQuery<ImageDigests>({
  kind: "image digests",
  get: async (keys) => {
    const digests = await readImageDigests();
    return new Map(keys.map((key) => [key, digests]));
  },
});
