import { PlayError } from "#engine/errors.ts";
import { shownPath } from "#engine/files.ts";
import { describe, fill, type WantedComponent } from "../catalogue/wanted.ts";
import { ownLockFile, pinName, type Pins } from "./pins.ts";

/** The official addresses of a release's files whose bytes never change. */
export function addressesOf(wanted: WantedComponent): readonly string[] {
  const { upstream, binaries } = wanted.component;
  if (upstream === undefined || "image" in upstream) return [];
  if ("file" in upstream) return binaries.map((binary) => fill(upstream.file, wanted, binary));
  if ("archive" in upstream) return [fill(upstream.archive, wanted)];
  // A forge packs a source archive anew at each request. Its content is pinned instead.
  return upstream.index === undefined ? [] : [fill(upstream.tree, wanted)];
}

/** The names of the pins that a download from upstream lacks: of its files, or of what is taken out of them. */
export function unpinned(wanted: WantedComponent, pins: Pins): readonly string[] {
  const { component, version, architecture } = wanted;
  const contents = component.binaries
    .map((binary) => pinName(binary, version, architecture, "upstream"))
    .filter((name) => pins.artifacts[name] === undefined);
  const addresses = addressesOf(wanted);
  if (contents.length === 0 || addresses.length === 0) return contents;
  return addresses.filter((address) => pins.downloads[address] === undefined);
}

/** Throws PlayError if a lock file lacks a pin, for users who require all of them. */
export function requirePinned(all: readonly WantedComponent[], pins: Pins, lockFile: string): void {
  const lacking = all.flatMap((wanted) => unpinned(wanted, pins));
  if (lacking.length === 0) return;
  throw new PlayError(
    [
      `artifact_require_pins is set, but no lock file has a digest of these ${String(lacking.length)}. Nothing was downloaded.`,
      ...lacking.map((name) => `  ${name}`),
      `Add each with the sha256 that its release publishes to ${shownPath(ownLockFile(lockFile))}: addresses under "downloads", the others under "artifacts". Or set artifact_require_pins to false: then they are pinned when they are first seen.`,
    ].join("\n"),
  );
}

/** The notice before downloads without a pin; undefined if all have one. `mirror` is the address of a mirror. */
export function firstSeen(
  all: readonly WantedComponent[],
  pins: Pins,
  { lockFile, mirror }: { readonly lockFile: string; readonly mirror?: string | undefined },
): string | undefined {
  const seen = [...new Set(all.filter((wanted) => unpinned(wanted, pins).length > 0).map(describe))];
  if (seen.length === 0) return undefined;
  const own = shownPath(ownLockFile(lockFile));
  const doubt = mirror ? ` Those checksums come from ${mirror} too.` : "";
  return `No digest is pinned for ${seen.join(", ")}: first seen now, checked against the checksums published with the release if it has any.${doubt} ${own} pins them from now on.`;
}
