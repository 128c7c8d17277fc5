import path from "node:path";
import { asProgram } from "#engine/cli/program.ts";
import { OptionError, PlayError } from "#engine/errors.ts";
import { bring } from "#artifacts/store/bring.ts";
import { setVariables, wantedSets } from "#cluster/artifact-sets.ts";
import { artifactVariables } from "#artifacts/catalogue/variables.ts";
import { hostArchitectures, ofController, versionsOf } from "#artifacts/catalogue/wanted.ts";
import { cniVariables } from "#cluster/cni.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { parseArguments } from "../kubectl/arguments.ts";
import { hasLab } from "#cluster/members.ts";
import { imagesOf } from "#artifacts/images/image.ts";
import { contentsFor, lackOf } from "./contents.ts";
import { writeBundle } from "./write.ts";

const usage = "npm run bundle -- [-i INVENTORY] [-e VARIABLE=VALUE] --out FILE";

/**
 * Packs the artifacts and images of the inventory's cluster into one file, for `artifact_source: directory` without
 * internet access.
 */
async function main(args: readonly string[]): Promise<void> {
  const given = parseArguments(args);
  const [option, out, ...rest] = given.words;
  if (option !== "--out" || out === undefined || rest.length > 0) throw new OptionError(usage);
  const specs = { ...artifactVariables, ...setVariables, cilium_l7_proxy: cniVariables.cilium_l7_proxy };
  const { inventory, values } = await ofFirstMaster(given, specs);
  const lack = lackOf(values);
  if (lack !== undefined) throw new PlayError(lack);
  const own = ofController();
  const lab = hasLab(inventory);
  const contents = contentsFor(
    { lab, sets: wantedSets(values), versions: versionsOf(values) },
    hostArchitectures(values.artifact_architectures, own),
    own,
  );
  const components = JSON.stringify({ artifact_components: contents.components });
  await bring({ inventory: given.inventory, extraVars: [...given.extraVars, components], tags: "artifacts" });
  await writeBundle(contents, path.resolve(out), (line) => console.error(line));
  const images = imagesOf(contents.recipes);
  for (const [{ repository, standIn }] of images)
    if (standIn !== undefined) console.log(`${repository} only stands in for the official image: ${standIn}`);
  console.log(`${out}: ${contents.artifacts.length} artifacts, ${images.length} images`);
}

await asProgram(main);
