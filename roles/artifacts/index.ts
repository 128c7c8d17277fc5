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
function usesOf({ vars, inventory, varsOf }: RoleContext<Vars>, architecture: string): Omit<Uses, "lab"> {
  const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
  const own = first ? varsOf(first) : vars;
  const sets = wantedSets(own);
  const recipes = own.images_registry === "" ? [] : recipesFor(sets, versionsOf(own), architecture);
  return { sets, ofImages: recipes.flatMap(artifactsOf) };
}

export const artifacts = defineRole({
  name: "artifacts",
  description: "Gets the binaries of the cluster into the controller's cache: downloaded, built or copied.",
  vars,
  tasks: (context) => {
    const { vars, inventory } = context;
    const lab = hasLab(inventory);
    const own = ofController();
    const architectures = hostArchitectures(vars.artifact_architectures, own);
    const needed = neededComponents({ lab, ...usesOf(context, architectures[0] ?? own) });
    return [
      inCache("Fetch or build what the hosts run", {
        components: vars.artifact_components.length > 0 ? vars.artifact_components : needed,
        architectures,
        controller: own,
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
