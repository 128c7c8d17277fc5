import path from "node:path";
import { PlayError } from "#engine/errors.ts";
import { shownPath } from "#engine/files.ts";
import { downloadFile, patience } from "./download.ts";
import type { FetchRequest } from "./fetch-request.ts";
import { downloads, inTurn } from "./limits.ts";
import { lineSpeed } from "./line-speed.ts";
import type { Digests } from "./lock-file.ts";
import { mirrored } from "./mirror.ts";
import type { Pin } from "./pins.ts";

/** A digest that was published with a release, and the address that it is from. */
export interface Published {
  readonly digest: string;
  readonly from: string;
}

/**
 * Downloads a file of a release, from a mirror if one is set, and resolves with its digest by its official address.
 * The file must match its pin; without a pin, the digest that `published` finds. A pin makes a mirror's own checksums
 * unnecessary. Rejects with PlayError.
 */
export async function downloadRelease(
  request: FetchRequest,
  official: string,
  to: string,
  published: () => Promise<Published | undefined>,
): Promise<Digests> {
  const { wanted, at, leastSpeed, signal, pins } = request;
  const url = mirrored(official, wanted, request);
  const pin = pins.downloads[official];
  const expected = pin ?? (await published());
  const name = path.posix.basename(new URL(official).pathname);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const step = `downloading ${name} for ${wanted.component.name}`;
  const digest = await inTurn(downloads, request, () =>
    lineSpeed.during((got) =>
      downloadFile(url, to, {
        patience: { ...patience, ...(leastSpeed !== undefined && { leastSpeed }), ...request.patience },
        ...(signal ? { signal } : {}),
        onTry: (line) => at(`${step}: ${line}`),
        onBytes: (bytes, total) => {
          got(bytes);
          at(`${step}: ${megabytes(bytes)} of ${total ? megabytes(total) : "?"} MB`);
        },
      }),
    ),
  );
  if (expected !== undefined && expected.digest !== digest)
    throw "file" in expected ? unlikePin(url, official, digest, expected) : unlikePublished(url, digest, expected);
  return { [official]: digest };
}

const unlikePin = (url: string, official: string, digest: string, pin: Pin): PlayError =>
  new PlayError(
    [
      `${url}: the download has sha256 ${digest}, but ${shownPath(pin.file)} pins ${official} to ${pin.digest}.`,
      "Nothing was stored. Do not trust what serves this file: a mirror, a proxy or a cache in between changes it.",
      `If the release itself was replaced, compare with the checksums on its own page, and then change the line in ${shownPath(pin.file)}.`,
    ].join("\n"),
  );

const unlikePublished = (url: string, digest: string, published: Published): PlayError =>
  new PlayError(
    `${url}: the download has sha256 ${digest}, but ${published.from} says ${published.digest}. Nothing was stored. Try again; if the error persists, a cache or mirror in between changes the file.`,
  );
