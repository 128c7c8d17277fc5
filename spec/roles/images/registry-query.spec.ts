import { createServer, type RequestListener, type Server } from "node:http";
import { expect } from "chai";
import { registryImage, type RegistryImage } from "#roles/images/registry-query.ts";

describe("asking a registry for an image", () => {
  let server: Server;
  let registry: string;
  const serve = async (handler: RequestListener): Promise<void> => {
    server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    registry = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  };
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const ask = async (): Promise<RegistryImage | undefined> => {
    const { of, key } = registryImage(`${registry}/coredns/coredns:v1`);
    return "get" in of ? (await of.get([key])).get(key) : undefined;
  };
  const having =
    (labels: object): RequestListener =>
    ({ url }, response) => {
      if (url === "/v2/coredns/coredns/manifests/v1") response.end(JSON.stringify({ config: { digest: "sha256:c" } }));
      else if (url === "/v2/coredns/coredns/blobs/sha256:c")
        response.end(JSON.stringify({ config: { Labels: labels } }));
      else response.writeHead(500).end();
    };

  it("gives what the image says that it was made of", async () => {
    await serve(having({ "kubeplay.inputs": "abc" }));
    expect(await ask()).to.deep.equal({ state: "present", inputs: "abc" });
  });
  it("gives an image of another maker without inputs", async () => {
    await serve(having({ maintainer: "somebody" }));
    expect(await ask()).to.deep.equal({ state: "present" });
  });
  it("tells an image that is not there", async () => {
    await serve((_request, response) => response.writeHead(404).end("{}"));
    expect(await ask()).to.deep.equal({ state: "absent" });
  });
  it("tells a registry that does not answer", async () => {
    await serve((_request, response) => response.destroy());
    expect(await ask()).to.include({ state: "unreachable" });
  });
});
