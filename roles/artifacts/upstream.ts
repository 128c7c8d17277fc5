import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import { $ } from "zx/core";
import { PlayError } from "#lib/errors.ts";
import type { Upstream } from "./catalogue.ts";
import { digestFor } from "./checksums.ts";
import type { Delivery, Errand, SourceOptions } from "./delivery.ts";
import { downloadFile, downloadText, statusOf } from "./download.ts";
import { fill, type Wanted } from "./wanted.ts";

/** Downloads under way at once, in this process. */
const slots = pLimit(4);

/** Where the mirror, if one is set, has what the catalogue's URL or image names. */
export function mirrored(url: string, wanted: Wanted, options: SourceOptions): string {
  const { scheme = "", rest = "" } = /^(?<scheme>https?:\/\/)?(?<rest>.*)$/.exec(url)?.groups ?? {};
  const own = options.upstreamUrls?.[wanted.component.name];
  if (own) return own.replace(/\/+$/, "") + rest.slice(rest.indexOf("/"));
  // A mirror of files is none of images.
  if (options.upstreamUrl && scheme) return `${options.upstreamUrl.replace(/\/+$/, "")}/${rest}`;
  return url;
}

/** What is asked for to learn whether upstream can be reached. */
export function probeUrl(wanted: Wanted, options: SourceOptions): string {
  const { upstream, binaries } = wanted.component;
  if ("image" in upstream)
    return `https://${mirrored(fill(upstream.image, wanted), wanted, options).split("/")[0]}/v2/`;
  return mirrored(fill(upstream.checksum, wanted, binaries[0]), wanted, options);
}

/** Host → the first answer that it gave in this run. The others wait for it: a host that is silent is asked once. */
const firstAnswers = new Map<string, Promise<number | undefined>>();

async function askUpstream(url: string, within: number): Promise<number | undefined> {
  const host = URL.canParse(url) ? new URL(url).host : url;
  const first = firstAnswers.get(host);
  if (first) return (await first) === undefined ? undefined : statusOf(url, within);
  const own = statusOf(url, within);
  firstAnswers.set(host, own);
  return own;
}

/** Whether upstream hands out this component. One that a host refuses says nothing of the others that it has. */
export async function upstreamHas(wanted: Wanted, options: SourceOptions): Promise<boolean> {
  const status = await askUpstream(probeUrl(wanted, options), options.answerWithin ?? 3000);
  // A registry that wants to know who asks answers 401; crane has an answer to that.
  return status === 200 || (status === 401 && "image" in wanted.component.upstream);
}

async function download(errand: Errand, url: string, checksumUrl: string, to: string): Promise<void> {
  const { wanted, at, patience } = errand;
  const name = path.posix.basename(new URL(url).pathname);
  const expected = digestFor(await downloadText(checksumUrl, patience), name, checksumUrl);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const got = await downloadFile(url, to, {
    ...(patience ? { patience } : {}),
    onBytes: (bytes, total) => {
      at(
        `downloading ${name} for ${wanted.component.name}: ${megabytes(bytes)} of ${total ? megabytes(total) : "?"} MB`,
      );
    },
  });
  if (got !== expected)
    throw new PlayError(
      `${url}: the download has sha256 ${got}, but ${checksumUrl} says ${expected}. Nothing of it was stored. Try again; if it stays, a cache or mirror in between changes the file.`,
    );
}

/** Takes the members out of an archive, whatever its compression; gives member → file. */
async function unpack(archive: string, members: readonly string[], folder: string): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`tar -xf ${archive} -C ${folder} --no-same-owner -- ${[...members]}`;
  if (exitCode !== 0) throw new PlayError(`${path.basename(archive)}: cannot be unpacked: ${stderr.trim()}`);
}

async function fromImage(errand: Errand, image: string, member: string): Promise<void> {
  const { wanted, folder, at, crane = "crane" } = errand;
  const reference = mirrored(fill(image, wanted), wanted, errand);
  at(`taking ${member} out of the image ${reference}`);
  const archive = path.join(folder, "image.tar");
  const platform = `linux/${wanted.architecture}`;
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`${crane} export --platform ${platform} ${reference} ${archive}`;
  if (exitCode !== 0) throw new PlayError(`${reference}: cannot be pulled: ${stderr.trim()}`);
  await unpack(archive, [member], path.join(folder, "out"));
  await rm(archive);
}

/** Where a binary lies below the work folder's out/ once its release is there. */
const placeOf = (upstream: Upstream, wanted: Wanted, binary: string): string =>
  "file" in upstream ? binary : fill(upstream.member, wanted, binary);

/** Gets the official release: every download is checked against the checksum file published beside it. */
export async function fetchUpstream(errand: Errand): Promise<Delivery> {
  const { wanted, folder } = errand;
  const { upstream, binaries } = wanted.component;
  const out = path.join(folder, "out");
  await mkdir(out, { recursive: true });
  const at = (text: string, binary?: string): string => mirrored(fill(text, wanted, binary), wanted, errand);
  if ("image" in upstream) {
    await fromImage(errand, upstream.image, upstream.member);
  } else if ("file" in upstream) {
    await Promise.all(
      binaries.map((binary) =>
        slots(() => download(errand, at(upstream.file, binary), at(upstream.checksum, binary), path.join(out, binary))),
      ),
    );
  } else {
    const archive = path.join(folder, "archive");
    await slots(() => download(errand, at(upstream.archive), at(upstream.checksum), archive));
    await unpack(
      archive,
      binaries.map((binary) => placeOf(upstream, wanted, binary)),
      out,
    );
  }
  const files = Object.fromEntries(binaries.map((name) => [name, path.join(out, placeOf(upstream, wanted, name))]));
  return { source: "upstream", origin: "upstream", files };
}
