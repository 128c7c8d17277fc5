import { defineResource } from "#engine/tasks/task.ts";
import { unknown } from "#engine/tasks/resource.ts";
import { imageDigest, imagesOf, type Image } from "./image.ts";
import { inputs, inputsKey, type Inputs } from "./inputs-query.ts";
import { pushImages } from "./push.ts";
import { imageName, type Recipe } from "./recipe.ts";
import type { RegistryAddress } from "./registry-client.ts";
import { referencesKey, referencesOf, registryImages, type RegistryImages } from "./registry-query.ts";

export interface ImagesProps extends RegistryAddress {
  readonly recipes: readonly Recipe[];
}
interface State {
  readonly images: RegistryImages;
  readonly inputs: Inputs;
}

const short = (digest: string | undefined): string =>
  digest === undefined ? "made from unknown inputs" : `made from ${digest.slice(0, 12)}…`;

/** The state of an image's tags: undefined if one is not present; without `inputs` if they differ. */
function present(images: RegistryImages, registry: string, [recipe]: Image): { inputs?: string } | undefined {
  const found = referencesOf(registry, recipe).map((reference) => images[reference]);
  const made = found.flatMap((one) => (one?.state === "present" ? [one.inputs] : []));
  if (made.length < found.length) return undefined;
  const [first] = made;
  return first !== undefined && made.every((one) => one === first) ? { inputs: first } : {};
}

/** The image's difference; undefined if the registry has the image that its recipes make. */
function lack(image: Image, now: State, registry: string) {
  const wanted = imageDigest(image, now.inputs);
  const is = present(now.images, registry, image);
  if (is && wanted !== undefined && is.inputs === wanted) return undefined;
  // A registry that does not answer may be one that this run is about to start.
  const before = is ? short(is.inputs) : "absent";
  return { what: imageName(image[0]), before, after: wanted === undefined ? unknown : short(wanted) };
}

/** Images in a registry, made from these recipes and their current inputs. Several are made at once. */
export const imageSet = defineResource({
  kind: "images",
  label: (p) => `${p.recipes.length} images in ${p.registry}`,
  labelOfChange: (found) => found.map(({ what }) => what).join(", "),
  needs: (p: ImagesProps) => ({
    images: registryImages(referencesKey(p, p.recipes)),
    inputs: inputs(inputsKey(p.recipes)),
  }),
  diff: (now: State, p) => imagesOf(p.recipes).flatMap((image) => lack(image, now, p.registry) ?? []),
  apply: (_differences, now, p) => {
    const missing = imagesOf(p.recipes).filter((image) => lack(image, now, p.registry) !== undefined);
    return [{ onController: (progress, stopping, run) => pushImages(missing, p, { progress, stopping, run }) }];
  },
  forecast: (now, p) => {
    const images = imagesOf(p.recipes);
    const entries = images.flatMap((image) => {
      const wanted = imageDigest(image, now.inputs);
      return referencesOf(p.registry, image[0]).map(
        (reference) =>
          [reference, { state: "present", size: 0, ...(wanted === undefined ? {} : { inputs: wanted }) }] as const,
      );
    });
    return images.some((image) => imageDigest(image, now.inputs) === undefined)
      ? { images: unknown }
      : { images: Object.fromEntries(entries) };
  },
  warnings: (_now, p) =>
    imagesOf(p.recipes).flatMap(([recipe]) =>
      recipe.standIn === undefined ? [] : [`${imageName(recipe)} is a stand-in: ${recipe.standIn}`],
    ),
});
