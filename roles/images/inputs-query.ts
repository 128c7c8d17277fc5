import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { artifact } from "#lib/queries/artifact.ts";
import { askNow, defineQuery } from "#lib/queries/define.ts";
import type { Origin, Recipe } from "./images.ts";

/** The sha256 of each input of an image, by its name; undefined where it is not there. */
export type Inputs = Readonly<Record<string, string | undefined>>;

export const inputName = (origin: Origin): string =>
  "artifact" in origin ? `artifact:${origin.artifact}` : `file:${origin.file}`;

const separator = "\n";
export const inputsKey = (recipe: Recipe): string => Object.values(recipe.files).map(inputName).sort().join(separator);

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
  const names = key.split(separator);
  const digests = await Promise.all(names.map(digest));
  return Object.fromEntries(names.map((name, index) => [name, digests[index]]));
}

/** Where the inputs of images stand now, on the controller. */
export const inputs = defineQuery<Inputs>({
  kind: "image inputs",
  // Artifacts come in the same play as often as not.
  volatile: true,
  get: async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const))),
});

/** Raised when the same recipe and inputs are put together differently. */
const method = 1;

/** One digest over all that decides an image's bytes; undefined while an input is not there. */
export function inputsDigest(recipe: Recipe, now: Inputs): string | undefined {
  const names = inputsKey(recipe).split(separator);
  const digests = names.map((name) => now[name]);
  if (digests.includes(undefined)) return undefined;
  return createHash("sha256").update(JSON.stringify({ method, recipe, names, digests })).digest("hex");
}
