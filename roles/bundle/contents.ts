import { catalogue } from "#roles/artifacts/catalogue.ts";
import type { Architecture } from "#roles/artifacts/component.ts";
import { neededComponents } from "#roles/artifacts/needed.ts";
import type { ImageSet } from "#roles/artifacts/sets.ts";
import type { Versions } from "#roles/artifacts/wanted.ts";
import { artifactsOf, type Recipe } from "#roles/images/recipe.ts";
import { recipesFor } from "#roles/images/recipes.ts";

export interface Contents {
  /** The catalogue's, by name. */
  readonly components: readonly string[];
  /** Artifacts, "kubelet@1.37.2/amd64". */
  readonly artifacts: readonly string[];
  readonly recipes: readonly Recipe[];
}

/** What a site with these addons needs that has no way out: its programs, and its images too. */
export function contentsFor(
  { lab, sets, versions }: { readonly lab: boolean; readonly sets: readonly ImageSet[]; readonly versions: Versions },
  architectures: readonly Architecture[],
  controller: Architecture,
): Contents {
  const recipes = architectures.flatMap((architecture) => recipesFor(sets, versions, architecture));
  const needed = neededComponents({ lab, sets, ofImages: recipes.flatMap(artifactsOf) });
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
