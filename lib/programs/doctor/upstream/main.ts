import { catalogue } from "#artifacts/catalogue/index.ts";
import { artifactVariables } from "#artifacts/catalogue/variables.ts";
import {
  hostArchitectures,
  ofController,
  versionsOf,
  want,
  type WantedComponent,
} from "#artifacts/catalogue/wanted.ts";
import { addressesOf } from "#artifacts/catalogue/addresses.ts";
import { parseReference, type ImageReference } from "#artifacts/images/reference.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import { mirrored } from "#artifacts/sources/mirror.ts";
import { readPins, shippedLockFile } from "#artifacts/sources/pins.ts";
import { wantedSets } from "#cluster/artifact-sets.ts";
import { containerdVariables } from "#cluster/containerd-variables.ts";
import { imagesFrom, madeHere, officialFor } from "#cluster/images-from.ts";
import { imageVariables } from "#cluster/image-variables.ts";
import { hasLab } from "#cluster/members.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { proxyEnvironment, proxyVariables } from "#cluster/proxy.ts";
import { pulledBy } from "#cluster/pulls/pulled.ts";
import type { Host, Values } from "kubeplay";
import { OptionError } from "#engine/errors.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { askForFiles } from "./files.ts";
import { askFromController, askFromHost } from "./images.ts";
import { parseOptions, type UpstreamOptions } from "./options.ts";
import { linesOf } from "./report.ts";

const variables = {
  ...artifactVariables,
  ...imageVariables,
  ...proxyVariables,
  containerd_mirrors: containerdVariables.containerd_mirrors,
  containerd_sandbox_image: containerdVariables.containerd_sandbox_image,
};
type Vars = Values<typeof variables>;

/**
 * Asks for everything that a site gets from outside, and changes nothing: the first byte of every file, and the manifest
 * of every image. Resolves to the exit code: 2 if something cannot be had.
 */
export async function doctorUpstream(
  given: { readonly inventory: string; readonly extraVars: readonly string[] },
  words: readonly string[],
): Promise<number> {
  const options = parseOptions(words);
  const { inventory, masters, values } = await ofFirstMaster(given, variables);
  const host = options.from === false ? undefined : (hostOf(options, inventory) ?? masters[0]);
  const wanted = componentsOf(values, inventory);
  const { artifact_source: source } = values;
  const mirrors = { upstreamUrl: values.artifact_upstream_url, upstreamUrls: values.artifact_upstream_urls };
  const pins = await readPins(shippedLockFile);
  const isDownloaded = source === "upstream" || source === "auto";
  const inImages = isDownloaded ? imagesWith(wanted, { source, ...mirrors }) : [];
  const answers = await Promise.all([
    isDownloaded ? askForFiles(wanted, { source, ...mirrors }, pins.downloads) : [],
    askFromController(inImages, "programs that are taken out of images"),
    askFromController(copiedBy(values, inventory), "images_registry"),
    host
      ? askFromHost(inventory, host, pulledBy(values), {
          mirrors: values.containerd_mirrors,
          proxy: proxyEnvironment({ vars: values, inventory }),
        })
      : [],
  ]);
  const all = answers.flat();
  for (const line of linesOf(all, isDownloaded ? undefined : source)) console.log(line);
  return all.some(({ problem }) => problem !== undefined) ? 2 : 0;
}

function hostOf({ from }: UpstreamOptions, inventory: LoadedInventory): Host | undefined {
  if (typeof from !== "string") return undefined;
  const found = inventory.hosts.find(({ name }) => name === from);
  if (found) return found;
  throw new OptionError(`--from ${from}: the inventory has no host of this name`);
}

function componentsOf(vars: Vars, inventory: LoadedInventory): readonly WantedComponent[] {
  const architectures = hostArchitectures(vars.artifact_architectures, ofController());
  const sets = wantedSets(vars);
  const images = vars.images_registry === "" ? undefined : imagesFrom(vars, inventory);
  const versions = versionsOf(vars);
  const recipes = images === "build" ? madeHere(sets, versions, architectures, inventory) : [];
  const needed = neededComponents(sets, { lab: hasLab(inventory), recipes, copiesImages: images === "official" });
  return catalogue
    .filter(({ name, upstream }) => upstream !== undefined && needed.includes(name))
    .flatMap((component) =>
      (component.onController ? [ofController()] : architectures).map((one) => want(component, versions, one)),
    );
}

/** The images of which programs are a part, as far as their names tell a registry. */
const imagesWith = (wanted: readonly WantedComponent[], options: Parameters<typeof mirrored>[2]): ImageReference[] => {
  const names = wanted
    .flatMap(addressesOf)
    .flatMap((one) => (one.kind === "image" ? [mirrored(one.address, one.wanted, options)] : []));
  return [...new Set(names)].map(parseReference);
};

/** The official images that the controller copies to images_registry. */
const copiedBy = (vars: Vars, inventory: LoadedInventory): readonly ImageReference[] =>
  vars.images_registry !== "" && imagesFrom(vars, inventory) === "official"
    ? officialFor(wantedSets(vars), vars, versionsOf(vars))
    : [];
