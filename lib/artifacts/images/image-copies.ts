import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { defaultCache } from "#engine/cache/cache.ts";
import { PlayError } from "#engine/errors.ts";
import { artifactFile } from "#engine/queries/artifact.ts";
import { defineResource } from "#engine/tasks/task.ts";
import type { At } from "../sources/fetch-request.ts";
import { imageDigests, type ImageDigests } from "./image-lock.ts";
import type { Descriptor } from "./layout.ts";
import { pullOfficial, readLayout } from "./pull.ts";
import { eachOf, pushTags } from "./push.ts";
import { referenceName, type ImageReference } from "./reference.ts";
import type { RegistryAddress } from "./registry-client.ts";
import { referencesKey, registryImages, type RegistryImages, type Tagged } from "./registry-query.ts";

export interface ImageCopiesProps extends RegistryAddress {
  readonly images: readonly ImageReference[];
  /** The artifact of crane, which pulls them from the official registries, or the folder of an OCI layout with them. */
  readonly from: { readonly crane: string } | { readonly layout: string };
}
interface State {
  readonly there: RegistryImages;
  readonly digests: ImageDigests;
}

const taggedOf = ({ repository, tag }: ImageReference): Tagged => ({ repository, tags: [tag] });

/** The image with the digest that is pinned for its name. */
export const pinned = (image: ImageReference, digests: ImageDigests): ImageReference => {
  const digest = image.digest ?? digests[referenceName(image)];
  return digest === undefined ? image : { ...image, digest };
};

const found = (image: ImageReference, { there }: State, registry: string) =>
  there[`${registry}/${image.repository}:${image.tag}`];

/** An image that was made here stays: clusters that run it must not change by themselves. */
function lacks(image: ImageReference, now: State, registry: string): boolean {
  const is = found(image, now, registry);
  if (is?.state !== "present") return true;
  const { digest } = pinned(image, now.digests);
  return is.inputs === undefined && digest !== undefined && is.digest !== digest;
}

/** Official images in a registry of your own, copied byte for byte. */
export const imageCopies = defineResource({
  kind: "image copies",
  label: (p) => `${String(p.images.length)} official images in ${p.registry}`,
  labelOfChange: (differences) => differences.map(({ what }) => what).join(", "),
  needs: (p: ImageCopiesProps) => ({
    there: registryImages(referencesKey(p, p.images.map(taggedOf))),
    digests: imageDigests(""),
  }),
  diff: (now: State, p) =>
    p.images
      .filter((image) => lacks(image, now, p.registry))
      .map((image) => {
        const is = found(image, now, p.registry);
        const before = is?.state === "present" ? (is.digest ?? "another image") : "absent";
        return { what: referenceName(image), before, after: pinned(image, now.digests).digest ?? "present" };
      }),
  apply: (_differences, now, p) => {
    const missing = p.images.filter((image) => lacks(image, now, p.registry));
    const copy = copying(now.digests, p);
    return [{ onController: (progress, stopping, run) => eachOf(missing, p, { progress, stopping, run }, copy) }];
  },
  forecast: (now, p) => ({
    there: Object.fromEntries(
      p.images.map((image) => {
        const { digest } = pinned(image, now.digests);
        const name = `${p.registry}/${image.repository}:${image.tag}`;
        return [name, { state: "present", size: 0, ...(digest === undefined ? {} : { digest }) }] as const;
      }),
    ),
  }),
  warnings: (now, p) =>
    p.images.flatMap((image) => {
      const is = found(image, now, p.registry);
      return is?.state === "present" && is.inputs !== undefined
        ? [
            `${referenceName(image)} in ${p.registry} was made by kubeplay: delete its tag there to get the official one`,
          ]
        : [];
    }),
});

const copying =
  (digests: ImageDigests, { from, ...address }: ImageCopiesProps) =>
  async (image: ImageReference, at: At, signal: AbortSignal): Promise<void> => {
    const { repository, tag } = image;
    const target = { ...address, repository, tags: [tag], at, signal };
    if ("layout" in from) {
      await pushTags(from.layout, await inLayout(from.layout, image), target);
      return;
    }
    const { work } = defaultCache();
    await mkdir(work, { recursive: true });
    const folder = await mkdtemp(path.join(work, "copy-"));
    try {
      at(`pulling ${referenceName(image)}`);
      const layout = path.join(folder, "layout");
      const crane = await artifactFile(from.crane);
      const onTry = (line: string): void => at(`pulling ${referenceName(image)}: ${line}`);
      const manifest = await pullOfficial(pinned(image, digests), layout, { crane, onTry, signal });
      await pushTags(layout, manifest, target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

/** The image of a layout with this name. Rejects with PlayError if the layout lacks it. */
export async function inLayout(layout: string, image: ImageReference): Promise<Descriptor> {
  const name = referenceName(image);
  const manifests = await readLayout(layout);
  const manifest = manifests.find(({ annotations }) => annotations?.["org.opencontainers.image.ref.name"] === name);
  if (manifest) return manifest;
  throw new PlayError(
    `${layout} has no image ${name}: make the bundle again with this inventory, or take the image from elsewhere (images_source)`,
  );
}
