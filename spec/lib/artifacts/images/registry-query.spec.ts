import { createServer, type RequestListener, type Server } from "node:http";
import { expect } from "chai";
import { answersAgain, registryImages, type RegistryImage } from "#artifacts/images/registry-query.ts";

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
    const reference = `${registry}/coredns/coredns:v1`;
    const { of, key } = registryImages(reference);
    return "get" in of ? (await of.get([key])).get(key)?.[reference] : undefined;
  };
  const having =
    (annotations: object): RequestListener =>
    ({ url }, response) => {
      if (url !== "/v2/coredns/coredns/manifests/v1") response.writeHead(500).end();
      else response.end(JSON.stringify({ annotations, layers: [{ size: 40 }, { size: 2 }] }));
    };

  it("gives the image's inputs and size with one request", async () => {
    await serve(having({ "kubeplay.inputs": "abc" }));
    expect(await ask()).to.deep.include({ state: "present", inputs: "abc", size: 42 });
  });
  it("adds up the sizes of several architectures", async () => {
    const manifests = [{ digest: "sha256:a" }, { digest: "sha256:b" }];
    const answers: Readonly<Record<string, object>> = {
      v1: { annotations: { "kubeplay.inputs": "abc" }, manifests },
      "sha256:a": { layers: [{ size: 40 }] },
      "sha256:b": { layers: [{ size: 3 }] },
    };
    await serve(({ url = "", headers }, response) => {
      expect(headers.accept).to.include("application/vnd.oci.image.index.v1+json");
      response.end(JSON.stringify(answers[url.replace("/v2/coredns/coredns/manifests/", "")]));
    });
    expect(await ask()).to.deep.include({ state: "present", inputs: "abc", size: 43 });
  });
  it("reports an index as absent if the image of one architecture is missing", async () => {
    await serve(({ url = "" }, response) => {
      if (url.includes("sha256:")) response.statusCode = 404;
      response.end(JSON.stringify({ annotations: { "kubeplay.inputs": "abc" }, manifests: [{ digest: "sha256:a" }] }));
    });
    expect(await ask()).to.deep.equal({ state: "absent" });
  });
  it("gives no inputs for an image that was made elsewhere", async () => {
    await serve(having({ maintainer: "somebody" }));
    expect(await ask()).to.deep.include({ state: "present", size: 42 });
  });
  it("reports an absent image", async () => {
    await serve((_request, response) => response.writeHead(404).end("{}"));
    expect(await ask()).to.deep.equal({ state: "absent" });
  });
  it("reports a registry that does not answer", async () => {
    await serve((_request, response) => response.destroy());
    expect(await ask()).to.include({ state: "unreachable" });
  });
  it("does not ask a silent registry again at once, unless something is pushed to it", async () => {
    let asked = 0;
    await serve((_request, response) => {
      asked += 1;
      response.destroy();
    });
    for (let times = 0; times < 3; times++) expect(await ask()).to.include({ state: "unreachable" });
    const before = asked;
    answersAgain(registry);
    await ask();
    expect(before).to.be.at.least(1);
    expect(asked).to.equal(2 * before);
  });
});
