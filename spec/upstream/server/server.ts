import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Socket } from "node:net";
import path from "node:path";
import type { Recipe } from "#artifacts/images/recipe.ts";
import { everyAddress, type Address } from "../addresses.ts";
import { filesOf, imagesOf, records, type ComponentRecord, type RecordedFile } from "../record.ts";
import { identityFor } from "./certificate.ts";
import { contentsOf } from "./content.ts";
import type { Programs } from "./programs.ts";
import { registryOf, splitReference } from "./registry.ts";

export interface FakeUpstream {
  /** The address of the mirror: <url>/github.com/…; also an HTTP proxy that leads every official host here. */
  readonly url: string;
  /** host:port */
  readonly address: string;
  /** The file with the certificate of the authority that the official hosts have here. */
  readonly ca: string;
  /** "GET https://dl.k8s.io/…", in order. */
  readonly asked: string[];
  /** Those that no record has: each was answered with 404, or not connected. */
  readonly unknown: string[];
  /** Puts the files of these components together, so that the first request is answered at once. */
  prepare(components: readonly string[]): Promise<void>;
  /** The digests of the images that hosts can run, by their names. */
  digests(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

interface Options {
  readonly programs: Programs;
  /** For the files that are put together. */
  readonly folder: string;
  readonly recorded?: readonly ComponentRecord[];
  readonly addresses?: readonly Address[];
  /** A free one by default. */
  readonly port?: number;
  /** The address to listen on; by default only this machine reaches it. */
  readonly listenOn?: string;
  /** Images that hosts can run. */
  readonly recipes?: readonly Recipe[];
}

interface Answer {
  readonly status: number;
  readonly file?: string;
  readonly headers?: Record<string, string>;
}

/** Docker's registry by its real names: crane and containerd ask these. */
const alsoKnownAs: Readonly<Record<string, string>> = {
  "index.docker.io": "docker.io",
  "registry-1.docker.io": "docker.io",
};

/** The host to which redirects lead has the same paths below the original host's name. */
const behind = (file: RecordedFile): string => `/${new URL(file.url).host}${new URL(file.url).pathname}`;

/** Serves the recorded answers of every upstream and the images of recipes, and nothing else. */
export async function startUpstream(options: Options): Promise<FakeUpstream> {
  const { programs, folder, recorded = records(), addresses = everyAddress(), port = 0, recipes = [] } = options;
  await mkdir(folder, { recursive: true });
  const files = filesOf(recorded);
  const images = imagesOf(recorded);
  const registry = registryOf({ images, addresses, programs, recipes }, path.join(folder, "images"));
  const digestOf = (image: string) => registry.digestOf(image);
  const contents = contentsOf(files, addresses, { programs, digestOf }, path.join(folder, "files"));
  const hosts = new Set([
    ...files.flatMap(({ url, redirect }) => [new URL(url).host, ...(redirect === undefined ? [] : [redirect])]),
    ...images.map(({ image }) => splitReference(image)[0]),
    ...recipes.map(({ host }) => host),
    ...Object.keys(alsoKnownAs),
  ]);
  const asked: string[] = [];
  const unknown: string[] = [];

  async function answerTo(host: string, url: string, base: string): Promise<Answer> {
    if (url === "/v2/" || url === "/v2") return { status: 200, headers: { "content-type": "application/json" } };
    if (url.startsWith("/v2/")) {
      const found = await registry.answer(alsoKnownAs[host] ?? host, url);
      const digest = found?.digest === undefined ? {} : { "docker-content-digest": found.digest };
      return found
        ? { status: 200, file: found.file, headers: { "content-type": found.type, ...digest } }
        : { status: 404 };
    }
    const direct = files.find((file) => file.url === `https://${host}${url}`);
    const last = files.find((file) => file.redirect === host && behind(file) === url);
    const file = last ?? direct;
    if (!file) return { status: 404 };
    if (file.status !== 200) return { status: file.status };
    if (!last && file.redirect !== undefined)
      return { status: 302, headers: { location: `${base}${file.redirect}${behind(file)}` } };
    return { status: 200, file: await contents.fileOf(file.url) };
  }

  const handle = (from: "proxy" | "mirror") => (request: IncomingMessage, response: ServerResponse) => {
    const { host, url, base } = target(request, from);
    const line = `${request.method ?? ""} https://${host}${url}`;
    asked.push(line);
    void answerTo(host, url, base)
      .then(async (answer) => {
        if (answer.status === 404) unknown.push(line);
        await send(request, response, answer);
      })
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  };

  const ca = path.join(folder, "ca.pem");
  const secure = https.createServer(await identityFor([...hosts], ca), handle("proxy"));
  const server = http.createServer(handle("mirror"));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.once("close", () => sockets.delete(socket))));
  await listen(secure, 0);
  await listen(server, port, options.listenOn);
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    const [host = ""] = (request.url ?? "").split(":");
    socket.on("error", () => socket.destroy());
    if (!hosts.has(host)) {
      unknown.push(`CONNECT ${host}`);
      return socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    }
    const onward = net.connect(portOf(secure), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  const address = `127.0.0.1:${String(portOf(server))}`;
  return {
    ...{ url: `http://${address}`, address, ca, asked, unknown },
    prepare: async (components) => {
      for (const { component, urls } of recorded)
        if (components.includes(component))
          for (const one of urls) await ("url" in one ? contents.fileOf(one.url) : registry.prepare(one.image));
      for (const { host, repository, tags } of recipes)
        for (const tag of tags) await registry.prepare(`${host}/${repository}:${tag}`);
    },
    digests: async () => {
      const names = recipes.flatMap(({ host, repository, tags }) => tags.map((tag) => `${host}/${repository}:${tag}`));
      const all = names.map(async (name) => [name, (await registry.digestOf(name)) ?? ""] as const);
      return Object.fromEntries(await Promise.all(all));
    },
    close: async () => {
      secure.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await Promise.all([secure, server].map((one) => new Promise((resolve) => one.close(resolve))));
    },
  };
}

const listen = (server: net.Server, port: number, on = "127.0.0.1"): Promise<void> =>
  new Promise((resolve, reject) => server.once("error", reject).listen(port, on, resolve));
const portOf = (server: net.Server): number => (server.address() as AddressInfo).port;

/** The official host and path of a request, and the beginning of an address that leads here again. */
function target(request: IncomingMessage, from: "proxy" | "mirror"): { host: string; url: string; base: string } {
  const [url = ""] = (request.url ?? "").split("?");
  if (from === "proxy") return { host: request.headers.host ?? "", url, base: "https://" };
  const base = `http://${request.headers.host ?? ""}/`;
  const [, v2 = "", host = "", rest = ""] = /^(\/v2)?\/([^/]*)(.*)$/.exec(url) ?? [];
  return { host, url: `${v2}${rest === "" && v2 !== "" ? "/" : rest}`, base };
}

/** Sends a file, or a range of it. */
async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, file, headers = {} } = answer;
  if (request.method !== "GET" && request.method !== "HEAD") return void response.writeHead(405).end();
  if (file === undefined) return void response.writeHead(status, headers).end();
  const { size } = await stat(file);
  const [range, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = Math.min(Number(first), size);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  const part = range === undefined ? {} : { "content-range": `bytes ${String(start)}-${String(end)}/${String(size)}` };
  response.writeHead(range === undefined ? status : 206, {
    ...{ "content-length": String(end - start + 1), "accept-ranges": "bytes", ...headers, ...part },
  });
  if (request.method === "HEAD") return void response.end();
  createReadStream(file, { start, end })
    .on("error", () => response.destroy())
    .pipe(response);
}
