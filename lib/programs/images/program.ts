import { asProgram } from "#engine/cli/program.ts";
import { OptionError } from "#engine/errors.ts";
import { askNow } from "#engine/queries/define.ts";
import { wantedSets } from "#cluster/artifact-sets.ts";
import { hostArchitectures, ofController, versionsOf } from "#artifacts/catalogue/wanted.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { parseArguments } from "../kubectl/arguments.ts";
import { inputs, inputsKey } from "#artifacts/images/inputs-query.ts";
import { allRecipes, recipesFor } from "#artifacts/images/recipes.ts";
import { referencesKey, registryImages } from "#artifacts/images/registry-query.ts";
import { imageTable } from "#artifacts/images/table.ts";
import { imageVariables } from "#cluster/image-variables.ts";

const usage =
  "npm run images -- [-i INVENTORY] [-e VARIABLE=VALUE] --list [--all]: the images of its addons, or all images";

/** Lists the images. The role `images` makes and pushes them. */
async function main(args: readonly string[]): Promise<void> {
  const given = parseArguments(args);
  if (given.words.includes("--help")) {
    console.log(usage);
    return;
  }
  const strange = given.words.find((word) => word !== "--list" && word !== "--all");
  if (strange !== undefined || !given.words.includes("--list"))
    throw new OptionError(strange === undefined ? usage : `unknown argument "${strange}". ${usage}`);
  const { values } = await ofFirstMaster(given, imageVariables);
  const versions = versionsOf(values);
  const architectures = hostArchitectures(values.artifact_architectures, ofController());
  const recipes = given.words.includes("--all")
    ? allRecipes(versions, architectures)
    : recipesFor(wantedSets(values), versions, architectures);
  const registry = values.images_registry;
  const pushed = registry === "" ? {} : await askNow(registryImages(referencesKey({ registry }, recipes)));
  const lines = imageTable(recipes, registry, pushed, await askNow(inputs(inputsKey(recipes))));
  for (const line of lines) console.log(line);
}

await asProgram(main);
