import { defineRole, type RoleContext, type Values } from "#lib/dsl/index.ts";
import { artifactsOf } from "#roles/images/recipe.ts";
import { recipesFor } from "#roles/images/recipes.ts";
import { imageVariables } from "#roles/images/variables.ts";
import { hasLab } from "#roles/cluster/members.ts";
import { neededComponents, type Uses } from "./needed.ts";
import { artifacts as inCache } from "./resource.ts";
import { setVariables, wantedSets } from "./sets.ts";
import { artifactVariables } from "./variables.ts";
import { hostArchitectures, ofController, versionsOf } from "./wanted.ts";

const vars = { ...artifactVariables, ...setVariables, images_registry: imageVariables.images_registry };
type Vars = Values<typeof vars>;

/** What the hosts are to have: as the role images is told, which runs for the first master. */
function usesOf({ vars, inventory, varsOf }: RoleContext<Vars>) {
  const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
  const own = first ? varsOf(first) : vars;
  const sets = wantedSets(own);
  const architectures = hostArchitectures(own.artifact_architectures, ofController());
  const recipes = own.images_registry === "" ? [] : recipesFor(sets, versionsOf(own), architectures);
  const uses: Uses = { lab: hasLab(inventory), sets, ofImages: recipes.flatMap(artifactsOf) };
  return { architectures, uses };
}

export const artifacts = defineRole({
  name: "artifacts",
  description: "Gets the binaries of the cluster into the controller's cache: downloaded, built or copied.",
  vars,
  tasks: (context) => {
    const { vars } = context;
    const { architectures, uses } = usesOf(context);
    return [
      inCache("Fetch or build what the hosts run", {
        components: vars.artifact_components.length > 0 ? vars.artifact_components : neededComponents(uses),
        architectures,
        controller: ofController(),
        versions: versionsOf(vars),
        source: vars.artifact_source,
        directory: vars.artifact_directory,
        upstreamUrl: vars.artifact_upstream_url,
        upstreamUrls: vars.artifact_upstream_urls,
        verify: vars.artifact_verify,
      }),
    ];
  },
});
