import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { artifact } from "#engine/queries/artifact.ts";
import { askNow, defineQuery } from "#engine/queries/define.ts";
import { artifactsOf, type Recipe } from "./recipe.ts";

/** The sha256 of each input of images, by its name; undefined if the input is missing. */
export type Inputs = Readonly<Record<string, string | undefined>>;

const filesOf = ({ files }: Recipe): string[] =>
  Object.values(files).flatMap((origin) => ("file" in origin ? [origin.file] : []));

/** "artifact:pause@3.10.2/amd64", "file:/etc/ssl/certs/ca-certificates.crt" */
export const inputNames = (recipe: Recipe): string[] =>
  [
    ...artifactsOf(recipe).map((name) => `artifact:${name}`),
    ...new Set(filesOf(recipe).map((name) => `file:${name}`)),
  ].sort();

const separator = "\n";
export const inputsKey = (recipes: readonly Recipe[]): string =>
  [...new Set(recipes.flatMap(inputNames))].sort().join(separator);

async function digest(name: string): Promise<string | undefined> {
  const subject = name.slice(name.indexOf(":") + 1);
  if (name.startsWith("artifact:")) return (await askNow(artifact(subject)))?.sha256;
  try {
    return createHash("sha256")
      .update(await readFile(subject))
      .digest("hex");
  } catch {
    return undefined;
  }
}

async function read(key: string): Promise<Inputs> {
  const names = key === "" ? [] : key.split(separator);
  const digests = await Promise.all(names.map(digest));
  return Object.fromEntries(names.map((name, index) => [name, digests[index]]));
}

/** The current inputs of images, on the controller. */
export const inputs = defineQuery<Inputs>({
  kind: "image inputs",
  // Artifacts often arrive during the same play.
  volatile: true,
  get: async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const))),
});

/** Increase this when the same recipe and inputs are assembled differently. */
const method = 2;

/** One digest of everything that determines an image's bytes; undefined while an input is missing. */
export function inputsDigest(recipe: Recipe, now: Inputs): string | undefined {
  const names = inputNames(recipe);
  const digests = names.map((name) => now[name]);
  if (digests.includes(undefined)) return undefined;
  // The sets that use the image, and its note, do not affect its bytes.
  const content = { ...recipe, for: undefined, note: undefined };
  return createHash("sha256").update(JSON.stringify({ method, content, names, digests })).digest("hex");
}
