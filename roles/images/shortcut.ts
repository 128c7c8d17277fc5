import { asProgram } from "#lib/cli/program.ts";
import { OptionError } from "#lib/errors.ts";
import { askNow } from "#lib/queries/define.ts";
import { wantedSets } from "#roles/artifacts/sets.ts";
import { hostArchitectures, ofController, versionsOf } from "#roles/artifacts/wanted.ts";
import { ofFirstMaster } from "#roles/cluster/of-first-master.ts";
import { parseArguments } from "#roles/kubectl/arguments.ts";
import { inputs, inputsKey } from "./inputs-query.ts";
import { allRecipes, recipesFor } from "./recipes.ts";
import { referencesKey, registryImages } from "./registry-query.ts";
import { imageTable } from "./table.ts";
import { imageVariables } from "./variables.ts";

const usage =
  "npm run images -- [-i INVENTORY] [-e VARIABLE=VALUE] --list [--all]: the images of its addons, or all that there are";

/** Pushing them is the role's work; this tells what there is. */
async function main(args: readonly string[]): Promise<void> {
  const given = parseArguments(args);
  const strange = given.words.find((word) => word !== "--list" && word !== "--all");
  if (strange !== undefined || !given.words.includes("--list"))
    throw new OptionError(strange === undefined ? usage : `"${strange}" is no option of it. ${usage}`);
  const { values } = await ofFirstMaster(given, imageVariables);
  const versions = versionsOf(values);
  const architectures = hostArchitectures(values.artifact_architectures, ofController());
  const recipes = given.words.includes("--all")
    ? allRecipes(versions, architectures)
    : recipesFor(wantedSets(values), versions, architectures);
  const registry = values.images_registry;
  const pushed = registry === "" ? {} : await askNow(registryImages(referencesKey(registry, recipes)));
  const lines = imageTable(recipes, registry, pushed, await askNow(inputs(inputsKey(recipes))));
  for (const line of lines) console.log(line);
}

await asProgram(main);
