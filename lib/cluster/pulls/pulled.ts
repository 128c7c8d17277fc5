import type { Values } from "kubeplay";
import { versionsOf } from "#artifacts/catalogue/wanted.ts";
import { parseReference, type ImageReference } from "#artifacts/images/reference.ts";
import { wantedSets } from "../artifact-sets.ts";
import type { containerdVariables } from "../containerd-variables.ts";
import { officialFor } from "../images-from.ts";
import type { imageVariables } from "../image-variables.ts";

type Vars = Values<typeof imageVariables & Pick<typeof containerdVariables, "containerd_sandbox_image">>;

/** Sets whose images `site` does not run: others pull them later. */
const later: readonly string[] = ["samples", "e2e"];

/**
 * The official images that hosts pull from registries or mirrors that others fill. Empty if this run fills the
 * registry: before it does, nobody can tell.
 */
export function pulledBy(vars: Vars): readonly ImageReference[] {
  if (vars.images_registry !== "") return [];
  const sets = wantedSets(vars).filter((set) => !later.includes(set));
  const official = officialFor(sets, vars, versionsOf(vars));
  const { containerd_sandbox_image: sandbox } = vars;
  if (sandbox === undefined) return official;
  return [...official.filter((image) => !isPause(image)), ...sandboxOf(sandbox)];
}

const isPause = ({ host, repository }: ImageReference): boolean => host === "registry.k8s.io" && repository === "pause";

/** containerd accepts names that are not complete; such an image is not asked for. */
function sandboxOf(name: string): readonly ImageReference[] {
  try {
    return [parseReference(name)];
  } catch {
    return [];
  }
}
