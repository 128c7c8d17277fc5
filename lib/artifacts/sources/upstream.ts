import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import type { Member, Signature, Upstream } from "../catalogue/component.ts";
import { digestFor } from "./checksums.ts";
import type { FetchedFiles, FetchRequest, SourceOptions } from "./fetch-request.ts";
import { downloadText } from "./download.ts";
import { checkProgram } from "./elf.ts";
import { exportImage } from "./image-export.ts";
import { inTurn, downloads } from "./limits.ts";
import type { Digests } from "./lock-file.ts";
import { mirrored } from "./mirror.ts";
import { downloadRelease } from "./release-file.ts";
import { unreachable } from "./reach.ts";
import { checkSignature, filled } from "./signature.ts";
import { unpack } from "./unpack.ts";
import { treeOfArchive } from "./tree.ts";
import { fill, type WantedComponent } from "../catalogue/wanted.ts";

function upstreamOf({ component }: WantedComponent): Upstream {
  if (component.upstream) return component.upstream;
  throw new PlayError(`catalogue, ${component.name}: there is no release to download`);
}

/** The URL to request in order to find out whether upstream can be reached. */
export function probeUrl(wanted: WantedComponent, options: SourceOptions): string {
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

/** One file of a release: official addresses. */
interface ReleaseFile {
  readonly url: string;
  readonly checksum: string;
  readonly signature: Signature | undefined;
  /** For the placeholders of the signature. */
  readonly binary?: string;
}

/** Downloads one file of a release that publishes checksums, and signatures if the user wants them verified. */
async function downloadChecked(request: FetchRequest, released: ReleaseFile, to: string): Promise<Digests> {
  const { wanted, patience, signal } = request;
  const { url, checksum, signature, binary } = released;
  const got = await downloadRelease(request, url, to, async () => {
    const from = mirrored(checksum, wanted, request);
    const name = path.posix.basename(new URL(url).pathname);
    return { digest: digestFor(await downloadText(from, patience, signal), name, from), from };
  });
  if (request.verifySignatures && signature)
    await checkSignature(request, filled(signature, wanted, binary), { url, file: to, digest: got[url] ?? "" });
  return got;
}

async function fromImage(request: FetchRequest, image: string, members: readonly string[]): Promise<void> {
  const { wanted, folder, at } = request;
  const reference = mirrored(fill(image, wanted), wanted, request);
  at(`taking ${members.join(", ")} out of the image ${reference}`);
  const archive = path.join(folder, "image.tar");
  await exportImage(request, reference, archive);
  await unpack(archive, members, path.join(folder, "out"));
  await rm(archive);
}

/** A release of programs. */
type Programs = Exclude<Upstream, { readonly tree: string }>;

const memberOf = (member: Member, binary: string): string =>
  typeof member === "string" ? member : (member[binary] ?? binary);

/** The path of a binary below the work folder's out/ after its release was downloaded. */
const placeOf = (upstream: Programs, wanted: WantedComponent, binary: string): string =>
  "member" in upstream ? fill(memberOf(upstream.member, binary), wanted, binary) : binary;

/** Downloads the official release; every download is checked against its pin, or the checksum published beside it. */
export async function fetchUpstream(request: FetchRequest): Promise<FetchedFiles> {
  const { wanted, folder } = request;
  const { binaries } = wanted.component;
  const upstream = upstreamOf(wanted);
  if ("tree" in upstream) return treeOfArchive(request, upstream);
  const out = path.join(folder, "out");
  await mkdir(out, { recursive: true });
  const got = await download(request, upstream, out);
  const files = Object.fromEntries(binaries.map((name) => [name, path.join(out, placeOf(upstream, wanted, name))]));
  for (const [name, file] of Object.entries(files))
    await checkProgram(file, wanted.architecture, sourceOf(upstream, request, name));
  return { source: "upstream", origin: "upstream", files, downloads: got };
}

/** Puts the files of a release, or those taken out of it, into a folder. Resolves with the digests of downloads. */
async function download(request: FetchRequest, upstream: Programs, out: string): Promise<Digests> {
  const { wanted, folder } = request;
  const { binaries } = wanted.component;
  const members = [...new Set(binaries.map((binary) => placeOf(upstream, wanted, binary)))];
  if ("image" in upstream) {
    await inTurn(downloads, request, () => fromImage(request, upstream.image, members));
    return {};
  }
  if ("archive" in upstream) {
    const archive = path.join(folder, "archive");
    const { checksum, signature } = upstream;
    const released = { url: fill(upstream.archive, wanted), checksum: fill(checksum, wanted), signature };
    const got = await downloadChecked(request, released, archive);
    await unpack(archive, members, out);
    return got;
  }
  const each = binaries.map((binary) => {
    const [url, checksum] = [upstream.file, upstream.checksum].map((text) => fill(text, wanted, binary));
    const released = { url: url ?? "", checksum: checksum ?? "", signature: upstream.signature, binary };
    return downloadChecked(request, released, path.join(out, binary));
  });
  return Object.assign({}, ...(await Promise.all(each))) as Digests;
}

/** Where a program is from, for errors. */
function sourceOf(upstream: Programs, request: FetchRequest, binary: string): string {
  const { wanted } = request;
  if ("file" in upstream) return mirrored(fill(upstream.file, wanted, binary), wanted, request);
  const container = "image" in upstream ? upstream.image : upstream.archive;
  return `${placeOf(upstream, wanted, binary)} in ${mirrored(fill(container, wanted), wanted, request)}`;
}
