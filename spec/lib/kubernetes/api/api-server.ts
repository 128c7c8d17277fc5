import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Kubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { authority, by, issued, type Issued } from "../../engine/pki/issued.ts";

export interface ApiServer {
  /** Access as its admin. */
  readonly access: Kubeconfig;
  readonly ca: Issued;
  close(): void;
  /** Listens again on the same port. */
  reopen(): Promise<void>;
}

/** Starts an API server with verified TLS on this machine; with `cluster`, another server of that cluster. */
export async function startApiServer(answer: RequestListener, cluster?: { readonly ca: Issued }): Promise<ApiServer> {
  const ca = cluster?.ca ?? (await authority("ca"));
  const own = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
  const user = await issued("admin", by(ca));
  const server = createServer({ cert: own.pem, key: own.keyPem }, answer);
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    ca,
    access: {
      ...{ cluster: "c", server: `https://127.0.0.1:${String(port)}`, user: "admin" },
      ...{ ca: ca.pem, certificate: user.pem, key: user.keyPem },
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
    reopen: () => listen(port),
  };
}
