import type { EnvHttpProxyAgent, RequestInit, Response } from "undici";
import { PlayError } from "#engine/errors.ts";

const { env } = process;
/** Loaded for the first request: most runs make none. */
const undici = () => import("undici");
type Undici = Awaited<ReturnType<typeof undici>>;
const agents = new Map<string, EnvHttpProxyAgent>();

/** Returns the same agent for the same settings, so that connections are reused. */
function agentOf({ EnvHttpProxyAgent: Agent }: Undici, httpProxy = "", httpsProxy = httpProxy): EnvHttpProxyAgent {
  const key = `${httpProxy} ${httpsProxy}`;
  // Many proxies tunnel only to port 443.
  const settings = { proxyTunnel: false, httpProxy: asUndici(httpProxy), httpsProxy: asUndici(httpsProxy) };
  const agent = agents.get(key) ?? new Agent({ ...settings, ...loginOf(httpsProxy || httpProxy) });
  agents.set(key, agent);
  return agent;
}

/** undici's SOCKS proxies always resolve names, which others call socks5h. */
const asUndici = (proxy: string): string => proxy.replace(/^socks5h:/i, "socks5:");

/** undici passes the login of an address to SOCKS proxies with its percent-encoding, unless it is given by itself. */
function loginOf(proxy: string): { readonly username?: string; readonly password?: string } {
  if (!/^socks/i.test(proxy)) return {};
  const { username, password } = new URL(proxy);
  return username === "" ? {} : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** The agent for the environment's http_proxy, https_proxy (by default the same), all_proxy for both, and no_proxy. */
function byEnvironment(library: Undici): EnvHttpProxyAgent {
  const all = env.all_proxy ?? env.ALL_PROXY;
  const proxies = [env.http_proxy ?? env.HTTP_PROXY ?? all, env.https_proxy ?? env.HTTPS_PROXY ?? all] as const;
  try {
    // undici does not send a user name without a password.
    for (const proxy of proxies)
      if (proxy && new URL(proxy).username !== "" && new URL(proxy).password === "") throw new Error("no password");
    return agentOf(library, ...proxies);
  } catch {
    // The cause would show the password.
    throw new PlayError(
      "http_proxy, https_proxy or all_proxy in the environment is not a proxy address such as http://proxy.example.org:3128, http://user:password@proxy.example.org:3128 or socks5h://proxy.example.org:1080",
    );
  }
}

/** fetch through the proxy that the environment sets for an address. Node 20 itself ignores these variables. */
export async function proxiedFetch(url: string, asking: RequestInit): Promise<Response> {
  const library = await undici();
  return library.fetch(url, { ...asking, dispatcher: byEnvironment(library) });
}
