import { withLocalPort } from "#engine/connection/local-port.ts";
import { tunnels } from "#engine/connection/tunnels.ts";
import { endpoint } from "./urls.ts";

/** An API server for a program that connects to it by itself. */
export interface ReachableServer {
  readonly url: string;
  /** The name in the server's certificate, if that is not the one in the URL. */
  readonly serverName?: string;
}

/**
 * Calls `use` with the URL at which programs on the controller reach an API server: its own, or that of a port of the
 * loopback which leads to it through an SSH connection, and which is closed afterwards.
 */
export async function withReachableServer<T>(url: string, use: (server: ReachableServer) => Promise<T>): Promise<T> {
  const { hostname, port, pathname } = new URL(url);
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  if (!tunnels.leadTo(address)) return use({ url });
  const rest = pathname === "/" ? "" : pathname;
  return withLocalPort({ address, port: Number(port || 443) }, (local) =>
    use({ url: `https://${endpoint(local.address, local.port)}${rest}`, serverName: address }),
  );
}
