import { defineResource } from "#lib/resources/task.ts";
import type { Recipe } from "./images.ts";
import { inputs, inputsDigest, inputsKey, type Inputs } from "./inputs-query.ts";
import { pushImage } from "./push.ts";
import { registryImage, type RegistryImage } from "./registry-query.ts";

export interface ImageProps {
  /** host:port of a registry that speaks plain HTTP. */
  readonly registry: string;
  readonly recipe: Recipe;
  /** The artifact that pushes, from the controller: "crane@0.22.1/amd64". */
  readonly crane: string;
}
interface State {
  readonly image: RegistryImage;
  readonly inputs: Inputs;
}

const reference = ({ registry, recipe }: ImageProps): string => `${registry}/${recipe.repository}:${recipe.tag}`;
const short = (digest: string | undefined): string =>
  digest === undefined ? "made of something unknown" : `made of ${digest.slice(0, 12)}…`;

/** An image in a registry, made of this recipe and of the inputs as they are now. */
export const image = defineResource({
  kind: "image",
  label: (p) => `${p.recipe.repository}:${p.recipe.tag}`,
  needs: (p: ImageProps) => ({ image: registryImage(reference(p)), inputs: inputs(inputsKey(p.recipe)) }),
  diff: (now: State, p) => {
    const wanted = inputsDigest(p.recipe, now.inputs);
    if (now.image.state === "present" && wanted !== undefined && now.image.inputs === wanted) return [];
    // A registry that does not answer may be one that this run is about to start.
    const before = now.image.state === "present" ? short(now.image.inputs) : "absent";
    return [{ what: "image", before, after: wanted === undefined ? "known after apply" : short(wanted) }];
  },
  apply: (_differences, _now, p) => [{ onController: (progress) => pushImage(p.recipe, p, progress) }],
  forecast: (now, p) => {
    const wanted = inputsDigest(p.recipe, now.inputs);
    return { image: { state: "present" as const, ...(wanted === undefined ? {} : { inputs: wanted }) } };
  },
  hint: (p) => `Does the registry at ${p.registry} run? curl http://${p.registry}/v2/ must answer {}.`,
});
