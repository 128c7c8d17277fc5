import { catalogue } from "#artifacts/catalogue/index.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import type { Versions } from "#artifacts/catalogue/wanted.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import { recipesFor } from "#artifacts/images/recipes.ts";

export interface Contents {
  /** Names of components of the catalogue. */
  readonly components: readonly string[];
  /** Artifacts, "kubelet@1.37.2/amd64". */
  readonly artifacts: readonly string[];
  readonly recipes: readonly Recipe[];
}

/** Why a bundle is not enough for these variables; undefined if it is. */
export const lackOf = (vars: { readonly cni: string; readonly cilium_l7_proxy: boolean }): string | undefined =>
  vars.cni === "cilium" && vars.cilium_l7_proxy
    ? "cilium_l7_proxy is true, but a bundle cannot contain the image that it needs, quay.io/cilium/cilium-envoy: set cilium_l7_proxy: false. If the hosts get that image elsewhere, set it for the bundle only: -e cilium_l7_proxy=false"
    : undefined;

/** The programs and images that a site with these addons needs if it has no internet access. */
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
