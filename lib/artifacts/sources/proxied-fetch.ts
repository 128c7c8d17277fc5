import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";
import { PlayError } from "#engine/errors.ts";

const { env } = process;
const agents = new Map<string, EnvHttpProxyAgent>();

/** One for as long as the environment says the same, so that connections serve again. */
function agentOf(httpProxy = "", httpsProxy = httpProxy): EnvHttpProxyAgent {
  const key = `${httpProxy} ${httpsProxy}`;
  // Many proxies tunnel to port 443 alone.
  const agent = agents.get(key) ?? new EnvHttpProxyAgent({ proxyTunnel: false, httpProxy, httpsProxy });
  agents.set(key, agent);
  return agent;
}

/** As the environment says it: http_proxy, https_proxy (by default the same), all_proxy for both, and no_proxy. */
function byEnvironment(): EnvHttpProxyAgent {
  const all = env.all_proxy ?? env.ALL_PROXY;
  const proxies = [env.http_proxy ?? env.HTTP_PROXY ?? all, env.https_proxy ?? env.HTTPS_PROXY ?? all] as const;
  try {
    // undici sends no login that is a name alone.
    for (const proxy of proxies)
      if (proxy && new URL(proxy).username !== "" && new URL(proxy).password === "") throw new Error("no password");
    return agentOf(...proxies);
  } catch {
    // What is wrong with it would show its password.
    throw new PlayError(
      "http_proxy, https_proxy or all_proxy of the environment is no address of a proxy such as http://proxy.example.org:3128 or http://user:password@proxy.example.org:3128",
    );
  }
}

/** fetch, through the proxy that this machine's environment names for an address: Node 20 itself looks at no such variables. */
export const proxiedFetch = (url: string, asking: RequestInit): Promise<Response> =>
  fetch(url, { ...asking, dispatcher: byEnvironment() });
