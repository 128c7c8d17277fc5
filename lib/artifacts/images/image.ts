import { createHash } from "node:crypto";
import { inputsDigest, type Inputs } from "./inputs-query.ts";
import { imageName, type Recipe } from "./recipe.ts";

/** An image under one name: a recipe for each architecture. */
export type Image = readonly [Recipe, ...Recipe[]];

export function imagesOf(recipes: readonly Recipe[]): Image[] {
  const byName = new Map<string, Image>();
  for (const recipe of recipes) {
    const name = imageName(recipe);
    const found = byName.get(name);
    byName.set(name, found ? [...found, recipe] : [recipe]);
  }
  return [...byName.values()];
}

/** One digest of everything that determines the image's bytes; undefined while an input is missing. */
export function imageDigest(image: Image, now: Inputs): string | undefined {
  const digests = image.map((recipe) => inputsDigest(recipe, now));
  if (digests.includes(undefined)) return undefined;
  return digests.length === 1 ? digests[0] : createHash("sha256").update(digests.join()).digest("hex");
}
