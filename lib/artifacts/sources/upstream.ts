import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { PlayError } from "#engine/errors.ts";
import type { Member, Upstream } from "../catalogue/component.ts";
import { digestFor } from "./checksums.ts";
import type { FetchedFiles, FetchRequest, SourceOptions } from "./fetch-request.ts";
import { downloadFile, downloadText } from "./download.ts";
import { inTurn, downloads } from "./limits.ts";
import { unreachable } from "./reach.ts";
import { unpack } from "./unpack.ts";
import { treeOfArchive } from "./tree.ts";
import { fill, type WantedComponent } from "../catalogue/wanted.ts";

/** The mirror's address of a URL or image of the catalogue; unchanged if no mirror is set. */
export function mirrored(url: string, wanted: WantedComponent, options: SourceOptions): string {
  const { scheme = "", rest = "" } = /^(?<scheme>https?:\/\/)?(?<rest>.*)$/.exec(url)?.groups ?? {};
  const own = options.upstreamUrls?.[wanted.component.name];
  if (own) return own.replace(/\/+$/, "") + rest.slice(rest.indexOf("/"));
  // A mirror of files does not serve images.
  if (options.upstreamUrl && scheme) return `${options.upstreamUrl.replace(/\/+$/, "")}/${rest}`;
  return url;
}

function upstreamOf({ component }: WantedComponent): Upstream {
  if (component.upstream) return component.upstream;
  throw new PlayError(`catalogue, ${component.name}: there is no release to download`);
}

/** The URL to request in order to find out whether upstream can be reached. */
function probeUrl(wanted: WantedComponent, options: SourceOptions): string {
  const { binaries } = wanted.component;
  const upstream = upstreamOf(wanted);
  if ("tree" in upstream) return mirrored(fill(upstream.index?.url ?? upstream.tree, wanted), wanted, options);
  if ("image" in upstream)
    return `https://${mirrored(fill(upstream.image, wanted), wanted, options).split("/")[0]}/v2/`;
  return mirrored(fill(upstream.checksum, wanted, binaries[0]), wanted, options);
}

/** Why the host of this component's release cannot be reached; undefined if it answers. Rejects with PlayError. */
export const upstreamUnreachable = (wanted: WantedComponent, options: SourceOptions): Promise<string | undefined> =>
  unreachable(probeUrl(wanted, options), options.answerWithin);

async function download(request: FetchRequest, url: string, checksumUrl: string, to: string): Promise<void> {
  const { wanted, at, patience, signal } = request;
  const name = path.posix.basename(new URL(url).pathname);
  const expected = digestFor(await downloadText(checksumUrl, patience, signal), name, checksumUrl);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const got = await downloadFile(url, to, {
    ...(patience ? { patience } : {}),
    ...(signal ? { signal } : {}),
    onBytes: (bytes, total) => {
      at(
        `downloading ${name} for ${wanted.component.name}: ${megabytes(bytes)} of ${total ? megabytes(total) : "?"} MB`,
      );
    },
  });
  if (got !== expected)
    throw new PlayError(
      `${url}: the download has sha256 ${got}, but ${checksumUrl} says ${expected}. Nothing was stored. Try again; if the error persists, a cache or mirror in between changes the file.`,
    );
}

async function fromImage(request: FetchRequest, image: string, members: readonly string[]): Promise<void> {
  const { wanted, folder, at, crane = "crane", signal } = request;
  const reference = mirrored(fill(image, wanted), wanted, request);
  at(`taking ${members.join(", ")} out of the image ${reference}`);
  const archive = path.join(folder, "image.tar");
  const platform = `linux/${wanted.architecture}`;
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    ...(signal && { signal }),
  })`${crane} export --platform ${platform} ${reference} ${archive}`;
  if (exitCode !== 0) throw new PlayError(`${reference}: cannot be pulled: ${stderr.trim()}`);
  await unpack(archive, members, path.join(folder, "out"));
  await rm(archive);
}

const memberOf = (member: Member, binary: string): string =>
  typeof member === "string" ? member : (member[binary] ?? binary);

/** The path of a binary below the work folder's out/ after its release was downloaded. */
const placeOf = (upstream: Upstream, wanted: WantedComponent, binary: string): string =>
  "member" in upstream ? fill(memberOf(upstream.member, binary), wanted, binary) : binary;

/** Downloads the official release; every download is checked against the checksum file published beside it. */
export async function fetchUpstream(request: FetchRequest): Promise<FetchedFiles> {
  const { wanted, folder } = request;
  const { binaries } = wanted.component;
  const upstream = upstreamOf(wanted);
  if ("tree" in upstream) return treeOfArchive(request, upstream, (url) => mirrored(url, wanted, request));
  const out = path.join(folder, "out");
  await mkdir(out, { recursive: true });
  const at = (text: string, binary?: string): string => mirrored(fill(text, wanted, binary), wanted, request);
  if ("image" in upstream) {
    const members = binaries.map((binary) => placeOf(upstream, wanted, binary));
    const { image } = upstream;
    await inTurn(downloads, request, () => fromImage(request, image, [...new Set(members)]));
  } else if ("file" in upstream) {
    await Promise.all(
      binaries.map((binary) =>
        inTurn(downloads, request, () =>
          download(request, at(upstream.file, binary), at(upstream.checksum, binary), path.join(out, binary)),
        ),
      ),
    );
  } else {
    const archive = path.join(folder, "archive");
    await inTurn(downloads, request, () => download(request, at(upstream.archive), at(upstream.checksum), archive));
    await unpack(
      archive,
      binaries.map((binary) => placeOf(upstream, wanted, binary)),
      out,
    );
  }
  const files = Object.fromEntries(binaries.map((name) => [name, path.join(out, placeOf(upstream, wanted, name))]));
  return { source: "upstream", origin: "upstream", files };
}
