import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Kubeconfig } from "#lib/pki/kubeconfig.ts";
import { authority, by, issued } from "../pki/issued.ts";

export interface ApiServer {
  /** How its admin reaches it. */
  readonly access: Kubeconfig;
  close(): void;
}

/** Answers on this machine as an API would that its clients verify. */
export async function startApiServer(answer: RequestListener): Promise<ApiServer> {
  const ca = await authority("ca");
  const own = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
  const user = await issued("admin", by(ca));
  const server = createServer({ cert: own.pem, key: own.keyPem }, answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    access: {
      ...{ cluster: "c", server: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`, user: "admin" },
      ...{ ca: ca.pem, certificate: user.pem, key: user.keyPem },
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
