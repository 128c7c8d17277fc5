import { expect } from "chai";
import { KubernetesApi } from "#lib/queries/kubernetes-api.ts";
import { startApiServer, type ApiServer } from "./api-server.ts";

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

describe("the Kubernetes API, asked by the controller", () => {
  let server: ApiServer;
  let api: KubernetesApi;
  let asked = 0;
  let replies: readonly Reply[] = [];

  before(async () => {
    server = await startApiServer((_request, response) => {
      const { status, headers } = replies[Math.min(asked++, replies.length - 1)]!;
      response.writeHead(status, headers).end(JSON.stringify({ tried: asked }));
    });
    api = new KubernetesApi(server.access, []);
  });
  beforeEach(() => (asked = 0));
  after(() => server.close());

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
