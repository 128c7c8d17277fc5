import { createReadStream, existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PlayError, rootCause, TransientError } from "#engine/errors.ts";
import type { Descriptor } from "./layout.ts";
import { RegistryClient, urlOf, type RegistryAddress, type RegistryRequest } from "./registry-client.ts";

/** The target of an image. */
export interface Repository extends RegistryAddress {
  readonly repository: string;
}

/** Milliseconds without a byte until a registry counts as hung. */
const silence = 60_000;

/** Milliseconds before each further try after a transient failure: the registry is starting or overloaded. */
const pauses = [250, 500, 1000, 2000, 4000, 8000];

interface Answer {
  readonly status: number;
  readonly location: string;
}

async function ask(
  client: RegistryClient,
  url: URL,
  what: RegistryRequest,
  expected: readonly number[],
): Promise<Answer> {
  for (let tries = 0; ; tries++)
    try {
      return await askOnce(client, url, what, expected);
    } catch (error) {
      const pause = pauses[tries];
      if (!(error instanceof TransientError) || pause === undefined) throw error;
      await sleep(pause, undefined, what.signal ? { signal: what.signal } : {});
    }
}

async function askOnce(
  client: RegistryClient,
  url: URL,
  what: RegistryRequest,
  expected: readonly number[],
): Promise<Answer> {
  try {
    const limits = { headersTimeout: silence, bodyTimeout: silence };
    const { statusCode, headers, body } = await client.request(url, { ...what, ...limits });
    const said = await body.text();
    if (expected.includes(statusCode)) return { status: statusCode, location: String(headers.location ?? "") };
    const Refusal = statusCode === 429 || statusCode >= 500 ? TransientError : PlayError;
    throw new Refusal(`${String(what.method)} ${url.pathname}: HTTP ${String(statusCode)} ${said.slice(0, 200)}`);
  } catch (error) {
    if (error instanceof PlayError) throw error;
    const cause = rootCause(error);
    if (!isDistrust(error)) throw new TransientError(cause, { cause: error });
    throw new PlayError(
      `its certificate is not trusted (${cause}); name the file of its certificate authority: images_registry_ca: /path/to/ca.pem`,
    );
  }
}

/** A second try cannot help with a certificate. */
const isDistrust = (error: unknown): boolean =>
  error instanceof Error && (("code" in error && /CERT|SIGNATURE/.test(String(error.code))) || isDistrust(error.cause));

interface Document {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/** Uploads an OCI image layout, by the distribution specification of the Open Container Initiative. */
export class ImageUpload {
  readonly #layout: string;
  readonly #base: string;
  readonly #client: RegistryClient;
  readonly #signal: AbortSignal | undefined;

  /** The signal ends requests that have begun. */
  constructor(layout: string, { repository, ...address }: Repository, signal?: AbortSignal) {
    this.#layout = layout;
    this.#signal = signal;
    this.#base = `${urlOf(address.registry)}/v2/${repository}`;
    this.#client = new RegistryClient(address);
  }

  /** Pushes an image, or an index of several, under a tag. The tag comes last, so that it names a complete image. */
  async push(top: Descriptor, tag: string): Promise<void> {
    await this.#parts(top);
    await this.#manifest(top, tag);
  }

  async #parts({ digest }: Descriptor): Promise<void> {
    const { config, layers = [], manifests = [] } = JSON.parse(await readFile(this.#file(digest), "utf8")) as Document;
    for (const blob of [...layers, ...(config ? [config] : [])]) await this.#blob(blob);
    for (const manifest of manifests) {
      await this.#parts(manifest);
      await this.#manifest(manifest, manifest.digest);
    }
  }

  #file = (digest: string): string => path.join(this.#layout, "blobs", "sha256", digest.replace("sha256:", ""));

  async #blob({ digest, mediaType }: Descriptor): Promise<void> {
    const file = this.#file(digest);
    // Windows' own layers are named in an index, and nobody copies them.
    if (/foreign|nondistributable/.test(mediaType) && !existsSync(file)) return;
    const there = await this.#ask(`/blobs/${digest}`, { method: "HEAD" }, [200, 404]);
    if (there.status === 200) return;
    const begun = await this.#ask("/blobs/uploads/", { method: "POST" }, [202]);
    const url = new URL(begun.location, this.#base);
    url.searchParams.set("digest", digest);
    const { size } = await stat(file);
    const headers = { "content-type": "application/octet-stream", "content-length": String(size) };
    await this.#ask(url, { method: "PUT", headers, body: () => createReadStream(file) }, [201]);
  }

  async #manifest({ digest, mediaType }: Descriptor, reference: string): Promise<void> {
    const body = await readFile(this.#file(digest));
    const headers = { "content-type": mediaType };
    await this.#ask(`/manifests/${reference}`, { method: "PUT", headers, body: () => body }, [201]);
  }

  #ask = (to: string | URL, what: RegistryRequest, expected: readonly number[]): Promise<Answer> => {
    const url = typeof to === "string" ? new URL(`${this.#base}${to}`) : to;
    return ask(this.#client, url, { ...what, signal: this.#signal }, expected);
  };
}
