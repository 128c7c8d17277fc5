import { catalogue } from "#artifacts/catalogue/index.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import type { Versions } from "#artifacts/catalogue/wanted.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import type { ImageReference } from "#artifacts/images/reference.ts";

/** The images of a bundle: copied, or made here. */
export type BundledImages = { readonly official: readonly ImageReference[] } | { readonly recipes: readonly Recipe[] };

export interface Contents {
  /** Names of components of the catalogue that the bundle is made from. */
  readonly components: readonly string[];
  /** Artifacts in the bundle, "kubelet@1.37.2/amd64". The programs of images are in the images only. */
  readonly artifacts: readonly string[];
  readonly images: BundledImages;
}

/** Why images cannot be made for a bundle; empty if they can. */
export const lacksOf = (
  standIns: readonly { readonly name: string; readonly reason: string }[],
  vars: { readonly cni: string; readonly cilium_l7_proxy: boolean },
): readonly string[] => [
  ...(vars.cni === "cilium" && vars.cilium_l7_proxy
    ? [
        "cilium_l7_proxy is true, but its image quay.io/cilium/cilium-envoy cannot be made here: set cilium_l7_proxy: false, for the bundle only if the hosts get that image elsewhere (-e cilium_l7_proxy=false)",
      ]
    : []),
  ...standIns.map(({ name, reason }) => `${name} cannot be made: ${reason}`),
];

interface Site {
  readonly lab: boolean;
  readonly sets: readonly ImageSet[];
  readonly versions: Versions;
  readonly images: BundledImages;
}

/** The programs and images that a site with these addons needs if it has no internet access. */
export function contentsFor(
  { lab, sets, versions, images }: Site,
  architectures: readonly Architecture[],
  controller: Architecture,
): Contents {
  const forHosts = neededComponents(sets, { lab, recipes: [] });
  const recipes = "recipes" in images ? images.recipes : [];
  const uses = { lab, recipes, copiesImages: "official" in images };
  const artifacts = [...new Set([...architectures, controller])].flatMap((architecture) =>
    catalogue
      .filter(({ name }) => forHosts.includes(name))
      .filter(({ onController }) => onController ?? architectures.includes(architecture))
      .flatMap(({ binaries, variable }) =>
        binaries.map((binary) => `${binary}@${versions[variable] ?? ""}/${architecture}`),
      ),
  );
  return { components: neededComponents(sets, uses), artifacts, images };
}
