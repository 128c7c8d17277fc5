import { quote } from "kubeplay";
import { endpoint } from "./urls.ts";

/** What a host's kube-nginx runs with: its configuration, with the API servers that are not ready marked as down. */
export const activeProxyConfiguration = "/run/kube-nginx/nginx.conf";

/** Seconds for which a check of an API server waits for its answer. */
export const proxyCheckTimeout = 3;

/**
 * A shell condition: this host's proxy sends requests to the API server at this address, and its list has not changed for
 * as long as the other hosts' proxies may need to see the same. A server that was just started is ready before any proxy
 * has it in its list. A host without a proxy of its own knows nothing of them.
 */
export const listedInProxies = (
  address: string,
  port: number,
  { kube_nginx_check_interval: interval }: { readonly kube_nginx_check_interval: number },
): string => {
  const age = `$(($(date +%s) - $(stat -c %Y ${activeProxyConfiguration})))`;
  const listed = `grep -F ${quote(`server ${endpoint(address, port)} `)} ${activeProxyConfiguration} | grep -qv ' down '`;
  return `{ [ ! -e ${activeProxyConfiguration} ] || { ${listed} && [ "${age}" -ge ${interval + proxyCheckTimeout} ]; }; }`;
};
