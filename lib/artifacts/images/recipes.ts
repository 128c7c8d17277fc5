import { intersects, type ImageSet } from "../catalogue/sets.ts";
import { ingredients, type Ingredients } from "./ingredients.ts";
import type { Recipe } from "./recipe.ts";
import { base } from "./recipes/base.ts";
import { cilium } from "./recipes/cilium.ts";
import { dashboard } from "./recipes/dashboard.ts";
import { e2e } from "./recipes/e2e.ts";
import { logging } from "./recipes/logging.ts";
import { monitoring } from "./recipes/monitoring.ts";
import { storage } from "./recipes/storage.ts";
import { simple } from "./recipes/simple.ts";

const themes: readonly ((from: Ingredients) => readonly Recipe[])[] = [
  base,
  cilium,
  storage,
  simple,
  monitoring,
  logging,
  dashboard,
  e2e,
];

/** Every image that can be made, under its official name, for each architecture in turn. */
export const allRecipes = (
  versions: Readonly<Record<string, string>>,
  architectures: readonly string[],
): readonly Recipe[] =>
  architectures.flatMap((architecture) => {
    const from = ingredients(versions, architecture);
    return themes.flatMap((theme) => theme(from));
  });

/** The images that a cluster with these sets runs. */
export const recipesFor = (
  sets: readonly ImageSet[],
  versions: Readonly<Record<string, string>>,
  architectures: readonly string[],
): readonly Recipe[] => allRecipes(versions, architectures).filter((recipe) => intersects(recipe.for, sets));
