import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:https";
import { expect } from "chai";
import { KubernetesApi } from "#lib/queries/kubernetes-api.ts";
import { authority, by, issued } from "../pki/issued.ts";

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

describe("the Kubernetes API, asked by the controller", () => {
  let server: Server;
  let api: KubernetesApi;
  let asked = 0;
  let replies: readonly Reply[] = [];

  before(async () => {
    const ca = await authority("ca");
    const own = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
    const user = await issued("admin", by(ca));
    server = createServer({ cert: own.pem, key: own.keyPem }, (_request, response) => {
      const { status, headers } = replies[Math.min(asked++, replies.length - 1)]!;
      response.writeHead(status, headers).end(JSON.stringify({ tried: asked }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const identity = { ca: ca.pem, certificate: user.pem, key: user.keyPem };
    api = new KubernetesApi({ cluster: "c", server: url, user: "admin", ...identity }, []);
  });
  beforeEach(() => (asked = 0));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("is asked again where a server that starts wants to be asked later", async () => {
    const later = { status: 429, headers: { "retry-after": "0" } };
    replies = [later, { ...later, status: 503 }, { status: 200 }];
    expect(await api.ask("GET", "/x")).to.deep.equal({ status: 200, body: { tried: 3 } });
  });

  it("gives what it says where that is final, and where it never gets done", async () => {
    replies = [{ status: 500 }];
    expect(await api.ask("GET", "/x")).to.deep.equal({ status: 500, body: { tried: 1 } });
    asked = 0;
    replies = [{ status: 503, headers: { "retry-after": "0" } }];
    expect(await api.ask("GET", "/x")).to.deep.equal({ status: 503, body: { tried: 10 } });
  });
});
