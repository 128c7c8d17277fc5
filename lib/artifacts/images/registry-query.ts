import { createHash } from "node:crypto";
import { rootCause } from "#engine/errors.ts";
import { defineQuery } from "#engine/queries/define.ts";
import type { Recipe } from "./recipe.ts";
import { RegistryClient, urlOf, type RegistryAddress } from "./registry-client.ts";

export type RegistryImage =
  | { readonly state: "unreachable"; readonly why: string }
  | { readonly state: "absent" }
  /** `inputs` is the value of kubeplay's annotation; other images have none. `size` is that of the layers, in bytes. */
  | { readonly state: "present"; readonly inputs?: string; readonly size: number; readonly digest?: string };
/** By reference, "host:port/repository:tag". */
export type RegistryImages = Readonly<Record<string, RegistryImage>>;

/** The manifest annotation with the digest of the image's inputs: one request per image is enough. */
export const annotation = "kubeplay.inputs";

/** Milliseconds that a registry may take to answer: it is on the same network. */
const patience = 5000;
const manifests = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

function sizeOf(manifest: unknown): number {
  const layers = property(manifest, "layers");
  const sizes = Array.isArray(layers) ? layers.map((layer) => property(layer, "size")) : [];
  return sizes.filter((size) => typeof size === "number").reduce((sum, size) => sum + size, 0);
}

interface Got {
  readonly status: number;
  readonly text: string;
}

/** The size of an image, or the sum over an index's images; undefined if one of them is missing. */
async function wholeSize(manifest: unknown, get: (name: string) => Promise<Got>): Promise<number | undefined> {
  const children = property(manifest, "manifests");
  if (!Array.isArray(children)) return sizeOf(manifest);
  const found = await Promise.all(children.map((child) => get(String(property(child, "digest")))));
  if (!found.every(({ status }) => status === 200)) return undefined;
  return found.map(({ text }) => sizeOf(JSON.parse(text))).reduce((sum, size) => sum + size, 0);
}

/** Milliseconds for which a registry that did not answer is not asked again: many tasks ask, and each would wait. */
const silence = 30_000;
const silent = new Map<string, { readonly since: number; readonly why: string }>();

/** Call this when pushing to a registry: the registry is asked again even if it did not answer before. */
export const answersAgain = (registry: string): void => void silent.delete(registry);

/** The registry, the repository and the tag of a reference. */
function partsOf(reference: string) {
  const pattern = /^(?<registry>(?:https?:\/\/)?[^/]+)\/(?<repository>.+):(?<tag>[^:/]+)$/;
  const { registry = "", repository = "", tag = "" } = pattern.exec(reference)?.groups ?? {};
  return { registry, repository, tag };
}

async function ask(reference: string, ca: Pick<RegistryAddress, "ca">): Promise<RegistryImage> {
  const { registry, repository, tag } = partsOf(reference);
  const known = silent.get(registry);
  if (known && Date.now() - known.since < silence) return { state: "unreachable", why: known.why };
  try {
    const client = new RegistryClient({ registry, ...ca });
    const get = async (name: string): Promise<Got> => {
      const { statusCode, body } = await client.request(`${urlOf(registry)}/v2/${repository}/manifests/${name}`, {
        method: "GET",
        headers: { accept: manifests },
        signal: AbortSignal.timeout(patience),
      });
      return { status: statusCode, text: await body.text() };
    };
    const found = await get(tag);
    if (found.status === 404) return { state: "absent" };
    if (found.status !== 200) return { state: "unreachable", why: `HTTP ${String(found.status)}` };
    const manifest: unknown = JSON.parse(found.text);
    const inputs = property(property(manifest, "annotations"), annotation);
    const size = await wholeSize(manifest, get);
    if (size === undefined) return { state: "absent" };
    const digest = `sha256:${createHash("sha256").update(found.text).digest("hex")}`;
    return { state: "present", size, digest, ...(typeof inputs === "string" ? { inputs } : {}) };
  } catch (error) {
    const why = rootCause(error);
    silent.set(registry, { since: Date.now(), why });
    return { state: "unreachable", why };
  }
}

const separator = " ";
const caMark = "ca=";

async function askAll(key: string): Promise<RegistryImages> {
  const words = key === "" ? [] : key.split(separator);
  const [first = ""] = words;
  const ca = first.startsWith(caMark) ? { ca: decodeURIComponent(first.slice(caMark.length)) } : {};
  const references = words.filter((word) => !word.startsWith(caMark));
  const found = await Promise.all(references.map((reference) => ask(reference, ca)));
  return Object.fromEntries(references.map((reference, index) => [reference, found[index]])) as RegistryImages;
}

/** A repository and its tags, as a registry has them. */
export type Tagged = Pick<Recipe, "repository" | "tags">;

export const referencesOf = (registry: string, { repository, tags }: Tagged): string[] =>
  tags.map((tag) => `${registry}/${repository}:${tag}`);

export const referencesKey = ({ registry, ca }: RegistryAddress, images: readonly Tagged[]): string =>
  [...(ca ? [caMark + encodeURIComponent(ca)] : []), ...images.flatMap((one) => referencesOf(registry, one))].join(
    separator,
  );

/** The images that a registry has under the references of a key. */
export const registryImages = defineQuery<RegistryImages>({
  kind: "registry images",
  // An earlier task may start the registry itself.
  volatile: true,
  get: async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await askAll(key)] as const))),
});
