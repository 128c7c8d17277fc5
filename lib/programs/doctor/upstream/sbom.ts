import { ComponentType, ExternalReferenceType, HashAlgorithm } from "@cyclonedx/cyclonedx-library/Enums";
import {
  Bom,
  Component,
  ExternalReference,
  HashDictionary,
  Metadata,
  Property,
} from "@cyclonedx/cyclonedx-library/Models";
import { JSON as Json, JsonSerializer } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import { addressesOf } from "#artifacts/catalogue/addresses.ts";
import { refName, type WantedComponent } from "#artifacts/catalogue/wanted.ts";
import { pinned } from "#artifacts/images/image-copies.ts";
import type { ImageDigests } from "#artifacts/images/image-lock.ts";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import type { Pins } from "#artifacts/sources/pins.ts";
import { defaultCache, lookUp } from "#engine/cache/cache.ts";

interface Images {
  readonly images: readonly ImageReference[];
  readonly digests: ImageDigests;
}

/**
 * A bill of materials in CycloneDX's JSON: the programs and images of a cluster, with the digests of the lock files and
 * of this machine's cache. The same cluster gives the same bytes.
 */
export async function sbom(
  cluster: string,
  wanted: readonly WantedComponent[],
  pins: Pins,
  { images, digests }: Images,
): Promise<string> {
  const bom = new Bom({
    metadata: new Metadata({ component: new Component(ComponentType.Platform, cluster, { bomRef: cluster }) }),
  });
  const programs = wanted.flatMap((one) => one.component.binaries.map((name) => programOf(one, name, pins)));
  for (const program of await Promise.all(programs)) bom.components.add(program);
  for (const image of images) bom.components.add(imageOf(pinned(image, digests)));
  return `${new JsonSerializer(new Json.Normalize.Factory(Spec1dot6)).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

const sha256 = (digest: string | undefined): HashDictionary =>
  new HashDictionary(digest === undefined ? [] : [[HashAlgorithm["SHA-256"], digest]]);

/** A program with the digest of the file in the cache, or of its one pin. */
async function programOf(wanted: WantedComponent, name: string, pins: Pins): Promise<Component> {
  const { version, architecture } = wanted;
  const start = `${name}@${version}/${architecture}/`;
  const known = Object.entries(pins.artifacts).filter(([pin]) => pin.startsWith(start));
  const cached = await lookUp(defaultCache(), refName(wanted, name));
  const [only] = known.length === 1 ? known : known.filter(([, pin]) => pin?.digest === cached?.sha256);
  const program = new Component(ComponentType.Application, name, {
    bomRef: `${name}@${version}/${architecture}`,
    version,
    purl: `pkg:generic/${name}@${encodeURIComponent(version)}?arch=${architecture}`,
    hashes: sha256(cached?.sha256 ?? only?.[1]?.digest),
  });
  program.properties.add(new Property("kubeplay:component", wanted.component.name));
  if (only) program.properties.add(new Property("kubeplay:origin", only[0].slice(start.length)));
  for (const reference of releaseOf(wanted, name, pins)) program.externalReferences.add(reference);
  return program;
}

/** The official files that a program is released in, with their pinned digests. */
const releaseOf = (wanted: WantedComponent, name: string, pins: Pins): ExternalReference[] =>
  addressesOf(wanted)
    .filter(({ kind, contents }) => kind !== "checksum" && kind !== "image" && Object.values(contents).includes(name))
    .map(
      ({ address }) =>
        new ExternalReference(address, ExternalReferenceType.Distribution, {
          hashes: sha256(pins.downloads[address]?.digest),
        }),
    );

function imageOf(image: ImageReference): Component {
  const { host, repository, tag, digest } = image;
  const name = repository.split("/").at(-1) ?? repository;
  const version = digest === undefined ? "" : `@${encodeURIComponent(digest)}`;
  return new Component(ComponentType.Container, `${host}/${repository}`, {
    bomRef: referenceName(image),
    version: tag,
    purl: `pkg:oci/${name}${version}?repository_url=${encodeURIComponent(`${host}/${repository}`)}&tag=${encodeURIComponent(tag)}`,
    hashes: sha256(digest?.replace("sha256:", "")),
  });
}
