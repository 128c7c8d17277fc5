import http from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import { Readable } from "node:stream";
import tls from "node:tls";
import { PlayError } from "#lib/errors.ts";

export interface Asking {
  readonly method?: "GET" | "HEAD";
  readonly signal: AbortSignal;
}

const redirections = [301, 302, 303, 307, 308];
/** As many as browsers follow. */
const hops = 20;

/** fetch, through the proxy that this machine's environment names for an address: Node 20 itself looks at no such variables. */
export async function proxiedFetch(url: string, asking: Asking, left = hops): Promise<Response> {
  const proxy = proxyOf(new URL(url), process.env);
  if (!proxy) return fetch(url, asking);
  const response = await through(proxy, new URL(url), asking);
  const to = response.headers.get("location");
  if (!redirections.includes(response.status) || to === null) return response;
  await response.body?.cancel();
  if (left === 0) throw new Error(`redirected more than ${String(hops)} times`);
  return proxiedFetch(new URL(to, url).href, asking, left - 1);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for an address; undefined where it is reached without. Lower case counts before upper case, as with curl. */
export function proxyOf(url: URL, environment: Environment): URL | undefined {
  const named = (...names: readonly string[]): string =>
    names.map((name) => environment[name] ?? environment[name.toUpperCase()] ?? "").find((value) => value !== "") ?? "";
  const scheme = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = named(scheme, "all_proxy");
  if (
    proxy === "" ||
    named("no_proxy")
      .split(",")
      .some((entry) => covers(entry.trim(), url))
  )
    return undefined;
  if (/^http:\/\//i.test(proxy) && URL.canParse(proxy)) return new URL(proxy);
  throw new PlayError(`${scheme} of the environment is no address of a proxy such as http://proxy.example.org:3128`);
}

/** "*", "example.org" and ".example.org" with all names below, with or without a port. */
function covers(entry: string, { hostname, port, protocol }: URL): boolean {
  const [, name = "", only] = /^\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (name === "*") return true;
  if (name === "" || (only !== undefined && only !== (port || (protocol === "https:" ? "443" : "80")))) return false;
  return hostname === name || hostname.endsWith(`.${name}`);
}

async function through(proxy: URL, url: URL, { method = "GET", signal }: Asking): Promise<Response> {
  const how = { method, signal, headers: { host: url.host } };
  if (url.protocol !== "https:")
    return answerTo(
      http.request({ ...to(proxy), ...how, path: url.href, headers: { ...how.headers, ...login(proxy) } }),
    );
  const socket = await tunnel(proxy, url, signal);
  const named = isIP(url.hostname) === 0 && { servername: url.hostname };
  const createConnection = (): Socket => tls.connect({ socket, host: url.hostname, ...named });
  const request = https.request(url, { ...how, agent: false, createConnection });
  // Nobody else ends it: not even the end of what was sent through it.
  request.once("close", () => socket.destroy());
  return answerTo(request);
}

const to = ({ hostname, port }: URL): http.RequestOptions => ({ host: hostname, port: port || 80, agent: false });

const login = ({ username, password }: URL): http.OutgoingHttpHeaders =>
  username === ""
    ? {}
    : {
        "proxy-authorization": `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`,
      };

/** A connection to where the URL leads, that the proxy only passes on. */
const tunnel = (proxy: URL, { hostname, port }: URL, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const target = `${hostname}:${port || "443"}`;
    http
      .request({ ...to(proxy), method: "CONNECT", path: target, headers: { host: target, ...login(proxy) }, signal })
      .once("connect", ({ statusCode = 0 }, socket) => {
        if (statusCode === 200) resolve(socket);
        else {
          socket.destroy();
          reject(new Error(`the proxy ${proxy.host} answers ${String(statusCode)}`));
        }
      })
      .once("error", reject)
      .end();
  });

const answerTo = (request: http.ClientRequest): Promise<Response> =>
  new Promise((resolve, reject) => {
    request
      .once("response", (incoming) => {
        const { statusCode: status = 502, headers } = incoming;
        const known = ["content-length", "location"].flatMap((name) => {
          const value = headers[name];
          return typeof value === "string" ? [[name, value] as [string, string]] : [];
        });
        const empty = request.method === "HEAD" || [204, 205, 304].includes(status);
        if (empty) incoming.resume();
        const body = empty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
        resolve(new Response(body, { status, headers: known }));
      })
      .once("error", reject)
      .end();
  });
