import type { Inventory, Values } from "kubeplay";
import { wantedSets } from "#cluster/artifact-sets.ts";
import { cniVariables } from "#cluster/cni.ts";
import { hostVariables } from "#cluster/host-variables.ts";
import { imagesFrom, madeHere, officialFor, standInsFor } from "#cluster/images-from.ts";
import { imageVariables } from "#cluster/image-variables.ts";
import { hasLab } from "#cluster/members.ts";
import { nodeVariables } from "#cluster/node-variables.ts";
import { hostPackages } from "#cluster/host-packages.ts";
import type { Architecture } from "#artifacts/catalogue/component.ts";
import type { ImageSet } from "#artifacts/catalogue/sets.ts";
import { versionsOf } from "#artifacts/catalogue/wanted.ts";
import { pinned } from "#artifacts/images/image-copies.ts";
import type { ImageDigests } from "#artifacts/images/image-lock.ts";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import { contentsFor, lacksOf, type BundledImages, type Contents } from "./contents.ts";
import type { Expected } from "./check.ts";

export const siteVariables = {
  ...imageVariables,
  ...cniVariables,
  ...hostVariables,
  kube_proxy_mode: nodeVariables.kube_proxy_mode,
};
type SiteVars = Values<typeof siteVariables>;

export interface Site {
  readonly contents: Contents;
  readonly packages: readonly string[];
  readonly architectures: readonly Architecture[];
  readonly suite: string;
  /** Whether the images are the official ones, with their digests. */
  readonly official: boolean;
  /** Why the images cannot be complete. */
  readonly lacks: readonly string[];
}

/** What a bundle for these variables and this inventory consists of. The registry's own image is always in it. */
export function siteOf(
  vars: SiteVars,
  inventory: Inventory,
  architectures: readonly Architecture[],
  controller: Architecture,
): Site {
  const versions = versionsOf(vars);
  const sets: readonly ImageSet[] = [...new Set<ImageSet>([...wantedSets(vars), "registry"])];
  const from = imagesFrom(vars, inventory);
  const isMade = from === "build";
  const images: BundledImages = isMade
    ? { recipes: madeHere(sets, versions, architectures, inventory) }
    : { official: officialFor(sets, vars, versions) };
  const standIns = standInsFor({ ...vars, images_registry: "a registry" }, inventory);
  return {
    contents: contentsFor({ lab: hasLab(inventory), sets, versions, images }, architectures, controller),
    packages: packagesFor(vars, inventory),
    architectures,
    suite: vars.debian_suite,
    official: from === "official",
    lacks: isMade
      ? lacksOf(standIns, vars)
      : from === "directory"
        ? [
            "images_source is directory, which takes the images of another bundle: set images_source and artifact_source",
          ]
        : [],
  };
}

/** Debian's packages that roles install on one of the hosts. */
function packagesFor(vars: SiteVars, inventory: Inventory): readonly string[] {
  const time = vars.host_time_service === "none" ? [] : [vars.host_time_service];
  const all = inventory.group("masters").concat(inventory.hasGroup("nodes") ? inventory.group("nodes") : []);
  return [...new Set([...time, ...all.flatMap((host) => hostPackages(vars, host, inventory))])].sort();
}

const namesOf = (images: BundledImages): readonly ImageReference[] =>
  "official" in images
    ? images.official
    : images.recipes.flatMap(({ host, repository, tags }) => tags.map((tag) => ({ host, repository, tag })));

const withDigest = (image: ImageReference): string =>
  referenceName(image) + (image.digest === undefined ? "" : `@${image.digest}`);

/** What must be in the bundle. A bundle that is taken from a directory may have images that were made elsewhere. */
export const expectedOf = (
  { contents, packages, official }: Site,
  debian: boolean,
  digests: ImageDigests,
): Expected => ({
  images: [...new Set(namesOf(contents.images).map((image) => withDigest(official ? pinned(image, digests) : image)))],
  files: [
    ...contents.artifacts.map((name) => name.replace("@", "-").replace("/", "-linux-")),
    ...(debian ? ["debian.tar"] : []),
  ],
  packages: debian ? packages : [],
});
