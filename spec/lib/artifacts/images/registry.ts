import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";

export interface Registry {
  /** host:port */
  readonly address: string;
  /** http://host:port or https://host:port */
  readonly url: string;
  /** The requests, in order: "PUT /v2/tools/tool/manifests/v1". */
  readonly asked: string[];
  /** Digests by tag. */
  readonly tags: ReadonlyMap<string, string>;
  /** The status to refuse a request with; undefined to accept it. */
  refuse: (asked: string) => number | undefined;
  /** Whether a request is never answered. */
  hold: (asked: string) => boolean;
  /** The path of a blob or a manifest. */
  file(digest: string): string;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
const digestOf = (body: Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;

export interface RegistryOptions {
  /** PEM texts: the registry then speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Requests need this login, as "Basic …"; with a realm, the login gives a token. */
  readonly login?: string;
  readonly realm?: string;
}

/** A registry that stores pushes in a folder, and refuses those with a wrong digest or missing parts. */
export async function startRegistry(folder: string, { tls, login, realm }: RegistryOptions = {}): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const asked: string[] = [];
  const tags = new Map<string, string>();
  const file = (digest: string): string => path.join(folder, digest.replace("sha256:", ""));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "", "http://registry");
    const body = await bodyOf(request);
    const { authorization } = request.headers;
    if (realm !== undefined && url.pathname === "/token")
      return void response.writeHead(authorization === login ? 200 : 401).end(JSON.stringify({ token: "a-token" }));
    if (login !== undefined && authorization !== (realm === undefined ? login : "Bearer a-token")) {
      const challenge =
        realm === undefined ? 'Basic realm="r"' : `Bearer realm="${registry.url}${realm}",service="s",scope="a:b:pull"`;
      return void response.writeHead(401, { "www-authenticate": challenge }).end("{}");
    }
    const end = (status: number, headers: Record<string, string> = {}) => response.writeHead(status, headers).end();
    asked.push(`${request.method ?? ""} ${url.pathname}`);
    if (registry.hold(asked.at(-1) ?? "")) return;
    const refused = registry.refuse(asked.at(-1) ?? "");
    if (refused !== undefined) return void response.writeHead(refused).end("no room left");
    const [, blob] = /\/blobs\/(sha256:\w+)$/.exec(url.pathname) ?? [];
    if (request.method === "HEAD" && blob !== undefined) return void end(existsSync(file(blob)) ? 200 : 404);
    if (request.method === "GET") {
      const [, wanted = ""] = /\/(?:manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
      const stored = file(tags.get(wanted) ?? wanted);
      if (!existsSync(stored)) return void end(404);
      return void response.writeHead(200).end(readFileSync(stored));
    }
    if (request.method === "POST") return void end(202, { location: "/v2/uploads/1?state=x" });
    const digest = digestOf(body);
    if (url.pathname === "/v2/uploads/1") {
      if (url.searchParams.get("digest") !== digest || url.searchParams.get("state") !== "x") return void end(400);
    } else {
      const [, reference = ""] = /\/manifests\/(.+)$/.exec(url.pathname) ?? [];
      const parts = [...body.toString().matchAll(/"digest":"(sha256:\w+)"/g)].map(([, part = ""]) => part);
      if (!parts.every((part) => existsSync(file(part)))) return void end(404);
      if (!reference.startsWith("sha256:")) tags.set(reference, digest);
    }
    writeFileSync(file(digest), body);
    end(201);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const registry: Registry = {
    refuse: () => undefined,
    hold: () => false,
    get url() {
      return `${tls ? "https" : "http"}://${registry.address}`;
    },
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    tags,
    file,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return registry;
}
