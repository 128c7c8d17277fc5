import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";
import { PlayError } from "#lib/errors.ts";

const { env } = process;

/** As this machine's environment says it: http_proxy, https_proxy (by default the same), all_proxy and no_proxy. */
function byEnvironment(): EnvHttpProxyAgent {
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY ?? env.all_proxy ?? env.ALL_PROXY;
  try {
    // Many proxies tunnel to port 443 alone.
    return new EnvHttpProxyAgent({ proxyTunnel: false, ...(httpProxy === undefined ? {} : { httpProxy }) });
  } catch {
    // What is wrong with it would show its password.
    throw new PlayError(
      "http_proxy, https_proxy or all_proxy of the environment is no address of a proxy such as http://proxy.example.org:3128",
    );
  }
}

/** fetch, through the proxy that this machine's environment names for an address: Node 20 itself looks at no such variables. */
export const proxiedFetch = (url: string, asking: RequestInit): Promise<Response> =>
  fetch(url, { ...asking, dispatcher: byEnvironment() });
