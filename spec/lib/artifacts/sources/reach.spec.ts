import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { unreachable } from "#artifacts/sources/reach.ts";
import { authority, by, issued } from "../../engine/pki/issued.ts";
import { startHttpProxy } from "../../../http-proxy.ts";
import { failure, serve } from "../helpers.ts";

describe("whether upstream can be reached", () => {
  const names = ["http_proxy", "https_proxy", "no_proxy"] as const;
  const before = names.map((name) => process.env[name]);
  afterEach(() => {
    names.forEach((name, index) => {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    });
  });

  it("is answered with the cause", async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    expect(await unreachable(`${gone.url}/file`)).to.match(/^127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(await unreachable("https://no-such-host.invalid/file")).to.contain("no-such-host.invalid: getaddrinfo E");
  });

  it("waits for a slow host, and not for one that never answers", async () => {
    const slow = await serve((_request, response) => void setTimeout(() => response.end(), 300));
    expect(await unreachable(slow.url, 20_000)).to.equal(undefined);
    await slow.close();
    const silent = await serve(() => undefined);
    expect(await unreachable(silent.url, 100)).to.match(/: no answer within 0\.1 s$/);
    await silent.close();
  });

  it("is an error with its remedy, if the host's certificate is not trusted", async () => {
    const ca = await authority("ca");
    const { pem: cert, keyPem: key } = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
    const server = createServer({ cert, key }, (_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await failure(unreachable(`https://127.0.0.1:${String(port)}/file`)))
      .to.contain(`127.0.0.1:${String(port)}: its certificate is not trusted`)
      .and.to.contain("NODE_EXTRA_CA_CERTS");
    server.close();
  });

  it("is an error with its remedy, if a proxy requires a login or its address is wrong", async () => {
    const proxy = await startHttpProxy("127.0.0.1", "ann:pw");
    process.env.http_proxy = `http://127.0.0.1:${String(proxy.port)}`;
    process.env.https_proxy = process.env.http_proxy;
    process.env.no_proxy = "";
    for (const scheme of ["http", "https"])
      expect(await failure(unreachable(`${scheme}://${scheme}.releases.example/file`))).to.contain("requires a login");
    await proxy.close();
    process.env.http_proxy = "http://";
    expect(await failure(unreachable("http://other.releases.example/file"))).to.contain("is not a proxy address");
  });
});
