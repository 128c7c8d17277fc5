import path from "node:path";
import { rm } from "node:fs/promises";
import { $ } from "zx/core";
import { architectures } from "#artifacts/catalogue/component.ts";
import type { RecordedImage } from "../record.ts";
import { recordedMembers } from "./selection.ts";

interface Manifest {
  readonly manifests?: readonly { readonly platform?: { readonly os: string; readonly architecture: string } }[];
}

/** Pulls an image for every architecture and records what is in it. `used` are the paths that the catalogue takes. */
export async function recordImage(
  image: string,
  used: readonly string[],
  crane: string,
  work: string,
): Promise<RecordedImage> {
  const shown = await $({ quiet: true, nothrow: true })`${crane} manifest ${image}`;
  if (shown.exitCode !== 0) return { image, status: statusOf(shown.stderr), platforms: [] };
  const { manifests = [] } = JSON.parse(shown.stdout) as Manifest;
  const { stdout: digest } = await $({ quiet: true })`${crane} digest ${image}`;
  const offered = manifests.flatMap(({ platform }) => (platform ? [`${platform.os}/${platform.architecture}`] : []));
  const platforms = architectures.map((one) => `linux/${one}`).filter((one) => offered.includes(one));
  const listings: string[][] = [];
  for (const platform of platforms) {
    const tar = path.join(work, "image.tar");
    await $({ quiet: true })`${crane} export --platform ${platform} ${image} ${tar}`;
    const { stdout } = await $({ quiet: true, maxBuffer: 1 << 27 })`tar -tf ${tar}`;
    listings.push(stdout.trim().split("\n"));
    await rm(tar);
  }
  const [first = [], ...others] = listings;
  // What only one architecture has cannot be taken for both.
  const common = first.filter((member) => others.every((listing) => listing.includes(member)));
  return {
    image,
    status: 200,
    platforms,
    digest: digest.trim(),
    members: common.filter((one) => used.includes(one)).concat(surroundings(common, used)),
  };
}

/** A few lines more, so that the record shows what kind of image it is. */
const surroundings = (listing: readonly string[], used: readonly string[]): string[] =>
  recordedMembers(listing, [])
    .filter((member) => !member.endsWith("/") && !used.includes(member))
    .slice(0, 5);

/** crane's message has the registry's answer: "MANIFEST_UNKNOWN …", "unexpected status code 401 …". */
const statusOf = (message: string): number =>
  /MANIFEST_UNKNOWN|NAME_UNKNOWN|404/.test(message) ? 404 : Number(/status code (\d{3})/.exec(message)?.[1] ?? 0);
