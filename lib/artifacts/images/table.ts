import { catalogue } from "../catalogue/index.ts";
import { artifactsOf, type Recipe } from "./recipe.ts";
import { imageDigest, imagesOf, type Image } from "./image.ts";
import type { Inputs } from "./inputs-query.ts";
import { referencesOf, type RegistryImages } from "./registry-query.ts";

/** "Debian trixie with bash, clang-19": a root file system is described by its packages. */
function partName(artifact: string): string {
  const [name = "", rest = ""] = artifact.split("@");
  const build = catalogue.find(({ binaries }) => binaries.includes(name))?.build;
  if (build?.kind !== "debian-root") return artifact.replace(/\/\w+$/, "");
  return `Debian ${rest.replace(/\/\w+$/, "")} with ${build.packages.join(", ")}`;
}

export const madeOf = (recipe: Recipe): string => artifactsOf(recipe).map(partName).join(", ");

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** How the registry's image compares with the recipe, for one of its tags. */
function sizeOf(image: Image, reference: string, images: RegistryImages, inputs: Inputs): string {
  const found = images[reference];
  if (found?.state !== "present") return found?.state === "unreachable" ? `unreachable: ${found.why}` : "not pushed";
  const wanted = imageDigest(image, inputs);
  return `${megabytes(found.size)}${wanted === found.inputs ? "" : " (made from other inputs)"}`;
}

/** The output of `npm run images -- --list`: one line per tag, and below them the details of the image. */
export const imageTable = (
  recipes: readonly Recipe[],
  registry: string,
  images: RegistryImages,
  inputs: Inputs,
): string[] =>
  imagesOf(recipes).flatMap((image) => {
    const [recipe] = image;
    const references = referencesOf(registry, recipe);
    const lines = recipe.tags.map((tag, index) => {
      const size = registry === "" ? "" : `  ${sizeOf(image, references[index] ?? "", images, inputs)}`;
      return `${recipe.host}/${recipe.repository}:${tag}${size}`;
    });
    return [
      ...lines,
      `    made of ${madeOf(recipe)}`,
      ...(recipe.note ? [`    ${recipe.note}`] : []),
      ...(recipe.standIn ? [`    STAND-IN: ${recipe.standIn}`] : []),
    ];
  });
