import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { PlayError, rootCause, TransientError } from "#engine/errors.ts";
import type { Descriptor } from "./layout.ts";

/** The target of an image: a repository of a registry that speaks plain HTTP. */
export interface Repository {
  /** host:port */
  readonly registry: string;
  readonly repository: string;
}

/** Milliseconds without a byte until a registry counts as hung. */
const silence = 60_000;

type Request = Omit<NonNullable<Parameters<typeof request>[1]>, "headersTimeout" | "bodyTimeout">;

/** Milliseconds before each further try after a transient failure: the registry is starting or overloaded. */
const pauses = [250, 500, 1000, 2000, 4000, 8000];

interface Answer {
  readonly status: number;
  readonly location: string;
}
/** The body is created again for each try. */
type Retried = Omit<Request, "body"> & { readonly body?: () => Exclude<Request["body"], undefined> };

async function ask(url: URL, { body, ...what }: Retried, expected: readonly number[]): Promise<Answer> {
  for (let tries = 0; ; tries++)
    try {
      return await askOnce(url, { ...what, ...(body && { body: body() }) }, expected);
    } catch (error) {
      const pause = pauses[tries];
      if (!(error instanceof TransientError) || pause === undefined) throw error;
      await sleep(pause);
    }
}

async function askOnce(url: URL, what: Request, expected: readonly number[]): Promise<Answer> {
  try {
    const { statusCode, headers, body } = await request(url, {
      ...what,
      headersTimeout: silence,
      bodyTimeout: silence,
    });
    const said = await body.text();
    if (expected.includes(statusCode)) return { status: statusCode, location: String(headers.location ?? "") };
    const Refusal = statusCode === 429 || statusCode >= 500 ? TransientError : PlayError;
    throw new Refusal(`${String(what.method)} ${url.pathname}: HTTP ${String(statusCode)} ${said.slice(0, 200)}`);
  } catch (error) {
    throw error instanceof PlayError ? error : new TransientError(rootCause(error), { cause: error });
  }
}

interface Document {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/** Uploads an OCI image layout, by the distribution specification of the Open Container Initiative. */
export class ImageUpload {
  readonly #layout: string;
  readonly #base: string;

  constructor(layout: string, { registry, repository }: Repository) {
    this.#layout = layout;
    this.#base = `http://${registry}/v2/${repository}`;
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

  async #blob({ digest }: Descriptor): Promise<void> {
    const there = await ask(new URL(`${this.#base}/blobs/${digest}`), { method: "HEAD" }, [200, 404]);
    if (there.status === 200) return;
    const begun = await ask(new URL(`${this.#base}/blobs/uploads/`), { method: "POST" }, [202]);
    const url = new URL(begun.location, this.#base);
    url.searchParams.set("digest", digest);
    const { size } = await stat(this.#file(digest));
    const headers = { "content-type": "application/octet-stream", "content-length": String(size) };
    await ask(url, { method: "PUT", headers, body: () => createReadStream(this.#file(digest)) }, [201]);
  }

  async #manifest({ digest, mediaType }: Descriptor, reference: string): Promise<void> {
    const body = await readFile(this.#file(digest));
    const url = new URL(`${this.#base}/manifests/${reference}`);
    await ask(url, { method: "PUT", headers: { "content-type": mediaType }, body: () => body }, [201]);
  }
}
