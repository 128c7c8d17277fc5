import { catalogue } from "#artifacts/catalogue/index.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import type { Versions } from "#artifacts/catalogue/wanted.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";

export interface Contents {
  /** The catalogue's, by name. */
  readonly components: readonly string[];
  /** Artifacts, "kubelet@1.37.2/amd64". */
  readonly artifacts: readonly string[];
  readonly recipes: readonly Recipe[];
}

/** Why a bundle would not do for what the variables ask. */
export const lackOf = (vars: { readonly cni: string; readonly cilium_l7_proxy: boolean }): string | undefined =>
  vars.cni === "cilium" && vars.cilium_l7_proxy
    ? "cilium_l7_proxy is true, and a bundle cannot have the image that it needs, quay.io/cilium/cilium-envoy: set cilium_l7_proxy: false. Where the hosts get that image elsewhere, say so for the bundle alone: -e cilium_l7_proxy=false"
    : undefined;

/** What a site with these addons needs that has no way out: its programs, and its images too. */
export function contentsFor(
  { lab, sets, versions }: { readonly lab: boolean; readonly sets: readonly ImageSet[]; readonly versions: Versions },
  architectures: readonly Architecture[],
  controller: Architecture,
): Contents {
  const recipes = recipesFor(sets, versions, architectures);
  const needed = neededComponents(sets, { lab, recipes });
  const components = catalogue.filter(({ name }) => needed.includes(name));
  const artifacts = [...new Set([...architectures, controller])].flatMap((architecture) =>
    components
      .filter(({ onController }) => onController ?? architectures.includes(architecture))
      .flatMap(({ binaries, variable }) =>
        binaries.map((binary) => `${binary}@${versions[variable] ?? ""}/${architecture}`),
      ),
  );
  return { components: needed, artifacts, recipes };
}
