import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import dns from "node:dns";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { AddressInfo } from "node:net";
import { downloadText } from "#artifacts/sources/download.ts";
import { startHttpProxy, type HttpProxy } from "../../../http-proxy.ts";
import { keepsEnvironment } from "../../engine/environment.ts";
import { authority, by, issued } from "../../engine/pki/issued.ts";
import { serve, type Upstream } from "../helpers.ts";

const once = { tries: 1, delay: 1, stall: 5000 };

describe("a download from a server that is not running", () => {
  it("reports the cause for each address of the server's name", async () => {
    // Nothing listens on this port, no other program gets it by chance, and fetch does not refuse it.
    const port = 2;
    const { lookup } = dns;
    const both = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
    Reflect.set(dns, "lookup", (_name: string, _how: object, done: (error: null, found: object) => void) => {
      done(null, both);
    });
    try {
      const said = await downloadText(`http://two.example.org:${port}/`, once).catch(String);
      expect(said).to.include(`ECONNREFUSED 127.0.0.1:${port}, connect ECONNREFUSED 127.0.0.2:${port}`);
    } finally {
      Reflect.set(dns, "lookup", lookup);
    }
  });
});

describe("a download through a proxy", () => {
  keepsEnvironment();
  let proxy: HttpProxy;
  let upstream: Upstream;

  before(async () => {
    proxy = await startHttpProxy("127.0.0.1", "ann:p@ss");
    upstream = await serve((request, response) => {
      if (request.url === "/moved") response.writeHead(302, { location: "/file" }).end();
      else response.end("content");
    });
  });
  after(() => Promise.all([proxy.close(), upstream.close()]));
  beforeEach(() => {
    proxy.asked.length = 0;
    for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
      Reflect.deleteProperty(process.env, name);
      Reflect.deleteProperty(process.env, name.toUpperCase());
    }
    process.env.HTTP_PROXY = `http://ann:p%40ss@127.0.0.1:${String(proxy.port)}`;
    process.env.HTTPS_PROXY = process.env.HTTP_PROXY;
  });

  it("goes through the proxy, and follows redirects", async () => {
    expect(await downloadText(`${upstream.url}/moved`, once)).to.equal("content");
    expect(proxy.asked).to.deep.equal([`GET ${upstream.url}/moved`, `GET ${upstream.url}/file`]);
  });

  it("goes past the proxy for hosts in no_proxy", async () => {
    process.env.no_proxy = "example.org, 127.0.0.1";
    expect(await downloadText(`${upstream.url}/file`, once)).to.equal("content");
    expect(proxy.asked).to.deep.equal([]);
  });

  it("is encrypted up to the server, whose certificate is checked", async () => {
    const ca = await authority("ca");
    const { pem: cert, keyPem: key } = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
    const server = createServer({ cert, key }, (_request, response) => response.end("x".repeat(3_000_000)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const refused = await downloadText(`https://${at}/`, once).catch(String);
    // A process reads additional certificate authorities only at its start.
    const folder = mkdtempSync(path.join(tmpdir(), "proxied-"));
    writeFileSync(path.join(folder, "ca.crt"), ca.pem);
    const script = `import("#artifacts/sources/download.ts").then(async (it) => console.log((await it.downloadText("https://${at}/")).length))`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: path.join(folder, "ca.crt"), NODE_OPTIONS: "" };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "-C", "kubeplay-source", "-e", script],
      { env },
    );
    rmSync(folder, { recursive: true });
    server.close();
    expect(refused).to.match(/unable to (verify|get)|self-signed|issuer/);
    expect(stdout).to.equal("3000000\n");
    expect(proxy.asked).to.deep.equal([`CONNECT ${at}`, `CONNECT ${at}`]);
  });

  it("goes through all_proxy if no proxy is set for the scheme", async () => {
    process.env.all_proxy = process.env.HTTP_PROXY ?? "";
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY"]) Reflect.deleteProperty(process.env, name);
    expect(await downloadText(`${upstream.url}/file`, once)).to.equal("content");
    expect(proxy.asked).to.deep.equal([`GET ${upstream.url}/file`]);
  });

  it("reports a wrong proxy address without its password", async () => {
    for (const proxy of ["ftp://ann:secret@127.0.0.1", "http://secret@127.0.0.1", "secret"]) {
      process.env.http_proxy = proxy;
      expect(await downloadText(`${upstream.url}/file`, once).catch(String))
        .to.include("is not a proxy address")
        .and.not.include("secret");
    }
  });

  it("reports the proxy's refusal without its password", async () => {
    process.env.https_proxy = `http://ann:wrong@127.0.0.1:${String(proxy.port)}`;
    const said = await downloadText("https://192.0.2.1/file", once).catch(String);
    expect(said).to.include("requires a login (HTTP 407)").and.not.include("wrong");
  });
});
