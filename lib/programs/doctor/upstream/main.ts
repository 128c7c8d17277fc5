import type { Host } from "kubeplay";
import { readImageDigests } from "#artifacts/images/image-lock.ts";
import { readPins, shippedLockFile } from "#artifacts/sources/pins.ts";
import { aptEnvironment } from "#cluster/apt-environment.ts";
import { mayBeMadeHere } from "#cluster/images-from.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { proxyEnvironment } from "#cluster/proxy.ts";
import { pulledBy } from "#cluster/pulls/pulled.ts";
import { OptionError } from "#engine/errors.ts";
import { writeWhole } from "#engine/files.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import { askApt } from "./apt.ts";
import { askForFiles } from "./files.ts";
import { askFromController, askFromHost } from "./images.ts";
import { componentsOf, copiedBy, imagesOf, imagesWith, variables } from "./needed.ts";
import { parseOptions, type UpstreamOptions } from "./options.ts";
import { linesOf } from "./report.ts";
import { sbom } from "./sbom.ts";

/**
 * Asks for everything that a site gets from outside, and changes nothing: the first byte of every file, the manifest of
 * every image, and the index of every source of a host's apt. Resolves to the exit code: 2 if something cannot be had.
 */
export async function doctorUpstream(
  given: { readonly inventory: string; readonly extraVars: readonly string[] },
  words: readonly string[],
): Promise<number> {
  const options = parseOptions(words);
  const { inventory, masters, values } = await ofFirstMaster(given, variables);
  if (options.sbom !== undefined) {
    const pins = await readPins(shippedLockFile);
    // Images that may be made here have other digests than the official ones.
    const digests = mayBeMadeHere(values, inventory) ? {} : await readImageDigests();
    const images = { images: imagesOf(values), digests };
    await writeWhole(options.sbom, await sbom(values.cluster_name, componentsOf(values, inventory), pins, images));
    console.log(`${options.sbom}: the programs and images of the cluster ${values.cluster_name}, in CycloneDX's form`);
    return 0;
  }
  const host = options.from === false ? undefined : (hostOf(options, inventory) ?? masters[0]);
  const wanted = componentsOf(values, inventory);
  const { artifact_source: source } = values;
  const mirrors = { upstreamUrl: values.artifact_upstream_url, upstreamUrls: values.artifact_upstream_urls };
  const pins = await readPins(shippedLockFile);
  const isDownloaded = source === "upstream" || source === "auto";
  const inImages = isDownloaded ? imagesWith(wanted, { source, ...mirrors }) : [];
  const answers = await Promise.all([
    isDownloaded
      ? askForFiles(wanted, { source, ...mirrors, verifySignatures: values.artifact_verify_signatures }, pins.downloads)
      : [],
    askFromController(inImages, "programs that are taken out of images"),
    askFromController(copiedBy(values, inventory), "images_registry"),
    host
      ? askFromHost(inventory, host, pulledBy(values), {
          mirrors: values.containerd_mirrors,
          proxy: proxyEnvironment({ vars: values, inventory }),
        })
      : [],
    // A bundle brings its packages.
    host && values.host_debian_packages === ""
      ? askApt(inventory, host, aptEnvironment({ vars: values, inventory }))
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
