import type { Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";
import { standInOf } from "./stand-in.ts";

export const dashboard = (from: Ingredients): readonly Recipe[] => [
  {
    ...standInOf(from, { port: 4466, pages: {}, reason: "Headlamp is neither a Go module nor a Debian package" }),
    for: ["dashboard"],
    host: "ghcr.io",
    repository: "headlamp-k8s/headlamp",
    tags: [`v${from.version("headlamp_version")}`],
    user: "100:101",
  },
];
