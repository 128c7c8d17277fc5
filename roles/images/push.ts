import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#lib/errors.ts";
import { artifactFile } from "#lib/queries/artifact.ts";
import { askNow } from "#lib/queries/define.ts";
import type { Progress } from "#lib/resources/define.ts";
import type { Recipe } from "./images.ts";
import { inputs, inputsDigest, inputsKey } from "./inputs-query.ts";
import { writeLayer } from "./layer.ts";
import { writeLayout } from "./layout.ts";

/** Makes the image and pushes it; its tag appears, or moves, only once all of it is in the registry. */
export async function pushImage(
  recipe: Recipe,
  { registry, crane }: { registry: string; crane: string },
  progress: Progress = () => undefined,
): Promise<void> {
  const reference = `${registry}/${recipe.repository}:${recipe.tag}`;
  const now = await askNow(inputs(inputsKey(recipe)));
  const digest = inputsDigest(recipe, now);
  if (digest === undefined) {
    const missing = Object.entries(now).flatMap(([name, found]) => (found === undefined ? [name] : []));
    throw new PlayError(
      `${reference}: cannot be made without ${missing.join(", ")}. Artifacts come from the role artifacts; files are read on the controller.`,
    );
  }
  const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-image-"));
  try {
    progress(`making ${reference}`);
    const layer = path.join(folder, "layer.tar");
    const layout = path.join(folder, "layout");
    await writeLayer(recipe, folder, layer);
    await writeLayout(recipe, layer, digest, layout);
    progress(`pushing ${reference}`);
    const program = await artifactFile(crane);
    const { exitCode, stderr } = await $({
      quiet: true,
      nothrow: true,
    })`${program} push --insecure ${layout} ${reference}`;
    if (exitCode !== 0)
      throw new PlayError(`${reference}: cannot be pushed: ${stderr.trim()}. Does the registry at ${registry} run?`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
