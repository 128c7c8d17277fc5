import { readFile } from "node:fs/promises";
import type { Dispatcher } from "undici";
import { PlayError } from "#engine/errors.ts";
import { loginOf } from "./logins.ts";

export interface RegistryAddress {
  /** host:port of a registry that speaks plain HTTP, or https://host:port. */
  readonly registry: string;
  /** A file with the certificate authorities of its certificate; the system's by default. */
  readonly ca?: string;
}

type Options = Partial<Dispatcher.RequestOptions>;
/** The body is created again for each try. */
export type RegistryRequest = Omit<Options, "body" | "headers" | "origin" | "path" | "query" | "signal"> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => NonNullable<Options["body"]>;
  readonly signal?: AbortSignal | undefined;
};

export const urlOf = (registry: string): string =>
  (/^https?:\/\//.test(registry) ? registry : `http://${registry}`).replace(/\/+$/, "");
export const hostOf = (registry: string): string => new URL(urlOf(registry)).host;

/** Loaded for the first request: most runs make none. */
const undici = () => import("undici");

/** One agent for each file, so that connections are reused. */
const agents = new Map<string, Promise<Dispatcher>>();
function agentFor(ca: string): Promise<Dispatcher> {
  const agent = agents.get(ca) ?? makeAgent(ca);
  agents.set(ca, agent);
  return agent;
}
async function makeAgent(ca: string): Promise<Dispatcher> {
  const [{ Agent }, text] = await Promise.all([undici(), readCa(ca)]);
  return new Agent({ connect: { ca: text } });
}
const readCa = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: unknown) => {
    throw new PlayError(
      `images_registry_ca: ${file} cannot be read (${String(error instanceof Error ? error.message : error)}), expected a file of PEM certificates`,
    );
  });

const parameter = (challenge: string, name: string): string | undefined =>
  new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];

/** Requests to one registry, with the login that `docker login` keeps, and tokens where the registry wants them. */
export class RegistryClient {
  readonly #address: RegistryAddress;
  #authorization: string | undefined;

  constructor(address: RegistryAddress) {
    this.#address = address;
  }

  /** Sends one request. Rejects with PlayError if the registry wants a login that is missing or wrong. */
  async request(path: string | URL, options: RegistryRequest = {}): Promise<Dispatcher.ResponseData> {
    const url = new URL(path, urlOf(this.#address.registry));
    const answer = await this.#send(url, options);
    if (answer.statusCode !== 401) return answer;
    await answer.body.dump();
    this.#authorization = await this.#answerTo(String(answer.headers["www-authenticate"] ?? ""));
    const again = await this.#send(url, options);
    if (again.statusCode === 401) throw this.#refused("rejects the login");
    return again;
  }

  async #send(url: URL, { body, headers, signal, ...options }: RegistryRequest): Promise<Dispatcher.ResponseData> {
    const { ca } = this.#address;
    // An upload may continue on another host, which must not see the login.
    const own = url.host === hostOf(this.#address.registry) ? this.#authorization : undefined;
    const { request } = await undici();
    return request(url, {
      ...options,
      headers: { ...headers, ...(own && { authorization: own }) },
      ...(body && { body: body() }),
      ...(signal && { signal }),
      ...(ca && { dispatcher: await agentFor(ca) }),
    });
  }

  /** The authorization for a challenge: the login itself, or a token that it gives. */
  async #answerTo(challenge: string): Promise<string> {
    const login = await loginOf(hostOf(this.#address.registry));
    const realm = parameter(challenge, "realm");
    if (!/^bearer/i.test(challenge) || realm === undefined) {
      if (login !== undefined) return login;
      throw this.#refused("requires a login");
    }
    const url = new URL(realm);
    for (const name of ["service", "scope"]) {
      const value = parameter(challenge, name);
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const { ca } = this.#address;
    const { request } = await undici();
    const { statusCode, body } = await request(url, {
      ...(login && { headers: { authorization: login } }),
      ...(ca && { dispatcher: await agentFor(ca) }),
    });
    if (statusCode !== 200) {
      await body.dump();
      throw this.#refused(`gives no token (HTTP ${String(statusCode)} of ${url.host})`);
    }
    const { token, access_token } = (await body.json()) as { readonly token?: string; readonly access_token?: string };
    return `Bearer ${token ?? access_token ?? ""}`;
  }

  #refused(why: string): PlayError {
    const host = hostOf(this.#address.registry);
    return new PlayError(
      `${host} ${why}: log in with docker login ${host} or podman login ${host} on the controller, or write ~/.docker/config.json as docs/images.md shows`,
    );
  }
}
