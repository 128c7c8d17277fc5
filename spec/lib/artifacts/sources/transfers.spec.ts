import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect } from "chai";
import { downloadFile, downloadText } from "#artifacts/sources/download.ts";
import { keepsEnvironment } from "../../engine/environment.ts";
import { authority, by, issued } from "../../engine/pki/issued.ts";
import { startHttpProxy } from "../../../http-proxy.ts";
import { startSocksProxy } from "../../../socks-proxy.ts";
import { failure, hasty, makeWorkshop, serve, sha256, type Upstream, type Workshop } from "../helpers.ts";

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

/** Answers as web servers do: the whole file, or the rest of it if If-Range names its version. */
function answer({ headers }: IncomingMessage, response: ServerResponse, etag = '"v1"'): void {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1]);
  const isRest = headers["if-range"] === etag && from > 0;
  if (isRest)
    response.writeHead(206, {
      "content-range": `bytes ${String(from)}-${String(content.length - 1)}/${String(content.length)}`,
      "content-length": content.length - from,
      etag,
    });
  else response.writeHead(200, { "content-length": content.length, etag });
  response.end(isRest ? content.subarray(from) : content);
}

/** Sends this many bytes of the whole file, and then nothing more. */
function begin(response: ServerResponse, bytes: number, then: () => void, etag = '"v1"'): void {
  response.writeHead(200, { "content-length": content.length, ...(etag ? { etag } : {}) });
  response.write(content.subarray(0, bytes), then);
}

describe("a transfer", () => {
  keepsEnvironment();
  let shop: Workshop;
  let upstream: Upstream;
  const asked: IncomingMessage[] = [];
  beforeEach(async () => {
    shop = await makeWorkshop();
    asked.length = 0;
    for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"])
      for (const one of [name, name.toUpperCase()]) Reflect.deleteProperty(process.env, one);
  });
  afterEach(async () => {
    await upstream.close();
    await shop.remove();
  });

  const tries: string[] = [];
  const get = async (handler: (request: IncomingMessage, response: ServerResponse) => void, more = {}) => {
    tries.length = 0;
    upstream = await serve((request, response) => {
      asked.push(request);
      handler(request, response);
    });
    const to = path.join(shop.folder, "file");
    const digest = await downloadFile(`${upstream.url}/file`, to, {
      patience: { ...hasty, ...more },
      onTry: (line) => void tries.push(line),
    });
    expect(digest).to.equal(sha256(content));
    expect(readFileSync(to).equals(content)).to.equal(true);
  };
  const ranges = (): unknown[] => asked.map(({ headers }) => headers.range);

  it("that was cut continues where it ended", async () => {
    await get((request, response) => {
      if (asked.length === 1) begin(response, 100_000, () => response.destroy());
      else answer(request, response);
    });
    expect(ranges()).to.deep.equal([undefined, "bytes=100000-"]);
    expect(asked[1]?.headers["if-range"]).to.equal('"v1"');
    expect(tries).to.have.length(1);
    expect(tries[0]).to.match(/try 2 of 3: .+/);
  });

  it("that was cut starts over if the file has changed meanwhile", async () => {
    await get((request, response) => {
      if (asked.length === 1) begin(response, 100_000, () => response.destroy(), '"v0"');
      else answer(request, response);
    });
    expect(ranges()).to.deep.equal([undefined, "bytes=100000-"]);
  });

  it("that was cut starts over if the server names no version, or a weak one", async () => {
    for (const etag of ["", 'W/"v1"']) {
      asked.length = 0;
      await get((request, response) => {
        if (asked.length === 1) begin(response, 100_000, () => response.destroy(), etag);
        else answer(request, response);
      });
      expect(ranges()).to.deep.equal([undefined, undefined]);
      if (etag === "") await upstream.close();
    }
  });

  it("that was cut starts over if the server sends another part than it was asked for", async () => {
    await get((request, response) => {
      if (asked.length === 1) begin(response, 100_000, () => response.destroy());
      else if (request.headers.range) {
        const range = `bytes 5-${String(content.length - 1)}/${String(content.length)}`;
        response.writeHead(206, { "content-range": range, etag: '"v1"' }).end(content.subarray(5));
      } else answer(request, response);
    });
    expect(ranges()).to.deep.equal([undefined, "bytes=100000-", undefined]);
  });

  it("that advances is never given up, however often it is cut", async () => {
    await get(
      (request, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "bytes=0-")?.[1]);
        const range = `bytes ${String(from)}-${String(content.length - 1)}/${String(content.length)}`;
        response.writeHead(from > 0 ? 206 : 200, {
          ...(from > 0 && { "content-range": range }),
          "content-length": content.length - from,
          etag: '"v1"',
        });
        if (from > 200_000) response.end(content.subarray(from));
        else response.write(content.subarray(from, from + 70_000), () => response.destroy());
      },
      { tries: 2 },
    );
    expect(asked).to.have.length(4);
  });

  it("that stalls is given up, and continues with a new connection", async () => {
    await get(
      (request, response) => {
        if (asked.length === 1) begin(response, 100_000, () => undefined);
        else answer(request, response);
      },
      { stall: 300 },
    );
    expect(ranges()).to.deep.equal([undefined, "bytes=100000-"]);
    expect(tries[0]).to.contain("no data for 0.3 s");
  });

  it("that is too slow is given up, and continues with a new connection", async () => {
    let timer: NodeJS.Timeout | undefined;
    await get(
      (request, response) => {
        if (asked.length > 1) {
          clearInterval(timer);
          answer(request, response);
          return;
        }
        let sent = 0;
        begin(response, (sent = 10), () => undefined);
        timer = setInterval(() => response.write(content.subarray(sent, ++sent)), 50);
      },
      { stall: 500, leastSpeed: 1000 },
    );
    expect(asked).to.have.length(2);
    expect(ranges()[1]).to.match(/^bytes=[1-9]\d?-$/);
    expect(tries[0]).to.match(/slower than 1 kB\/s for 0\.5 s/);
  });

  for (const [name, header] of [
    ["seconds", () => "1"],
    ["a date", () => new Date(Date.now() + 2000).toUTCString()],
  ] as const)
    it(`waits as long as Retry-After says, in ${name}, and says so`, async () => {
      let refusedAt = 0;
      await get((request, response) => {
        if (asked.length > 1) {
          expect(performance.now() - refusedAt).to.be.at.least(950);
          answer(request, response);
          return;
        }
        refusedAt = performance.now();
        response.writeHead(429, { "retry-after": header() }).end();
      });
      expect(tries[0]).to.match(/^try 2 of 3 in [12] s: HTTP 429$/);
    });

  it("ends at once if the server asks to wait too long, and the error says how long", async () => {
    const message = await failure(
      get((_request, response) => response.writeHead(503, { "retry-after": "7200" }).end()),
    );
    expect(message).to.contain("HTTP 503").and.to.contain("asks to wait 2 h");
    expect(asked).to.have.length(1);
  });

  it("ends with a sentence of its own if the server still limits requests", async () => {
    const message = await failure(get((_request, response) => response.writeHead(429).end()));
    expect(message).to.contain("HTTP 429").and.to.contain("after 3 tries").and.to.contain("limits");
    expect(message).to.contain("artifact_upstream_url").and.not.to.contain("Is the network up");
  });

  it("says that the disk is full, and where", async () => {
    upstream = await serve(answer);
    const message = await failure(downloadFile(`${upstream.url}/file`, "/dev/full", { patience: hasty }));
    expect(message).to.contain("/dev is full").and.to.contain("XDG_CACHE_HOME");
    expect(message).not.to.contain("network");
    expect(upstream.requests).to.have.length(1);
  });

  it("is refused before it begins if the disk has no room for it", async () => {
    const message = await failure(
      get((_request, response) => {
        response.writeHead(200, { "content-length": 10 ** 15 });
        response.write("x");
      }),
    );
    expect(message).to.contain("1000000000 MB").and.to.contain("are free").and.to.contain(shop.folder);
    expect(asked).to.have.length(1);
  });

  it("is not tried again if the certificate is not trusted, and the error names the remedy", async () => {
    const ca = await authority("ca");
    const { pem: cert, keyPem: key } = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
    upstream = await serve(answer);
    let connections = 0;
    const server = createServer({ cert, key }, answer).on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const message = await failure(downloadText(`https://${at}/file`, hasty));
    server.close();
    expect(message).to.contain(`${at}: its certificate is not trusted`).and.to.contain("NODE_EXTRA_CA_CERTS");
    expect(message).not.to.contain("Is the network up");
    expect(connections).to.equal(1);
  });

  for (const scheme of ["http", "https"])
    it(`is not tried again if a proxy requires a login for ${scheme}, and the error names the remedy`, async () => {
      upstream = await serve(answer);
      const proxy = await startHttpProxy("127.0.0.1", "ann:pw");
      process.env[`${scheme}_proxy`] = `http://127.0.0.1:${String(proxy.port)}`;
      const message = await failure(downloadText(`${scheme}://releases.example/file`, hasty));
      expect(message).to.contain("requires a login (HTTP 407)").and.to.contain("user:password@");
      expect(proxy.asked).to.have.length(1);
      await proxy.close();
    });

  it("goes through a SOCKS proxy, which resolves the names", async () => {
    upstream = await serve(answer);
    const proxy = await startSocksProxy(Number(new URL(upstream.url).port), "ann:p@ss");
    for (const scheme of ["socks5h", "socks5"]) {
      process.env.all_proxy = `${scheme}://ann:p%40ss@127.0.0.1:${String(proxy.port)}`;
      const digest = await downloadFile("http://releases.example/file", path.join(shop.folder, "file"));
      expect(digest).to.equal(sha256(content));
    }
    expect(new Set(proxy.asked)).to.deep.equal(new Set(["releases.example:80"]));
    await proxy.close();
  });

  it("reports the refusal of a SOCKS proxy without its password", async () => {
    upstream = await serve(answer);
    const proxy = await startSocksProxy(Number(new URL(upstream.url).port), "ann:p@ss");
    process.env.all_proxy = `socks5h://ann:wrong@127.0.0.1:${String(proxy.port)}`;
    const message = await failure(downloadText("http://releases.example/file", hasty));
    expect(message).to.contain("SOCKS proxy").and.to.contain("login").and.not.to.contain("wrong");
    process.env.all_proxy = `socks5h://127.0.0.1:${String(proxy.port)}`;
    expect(await failure(downloadText("http://releases.example/file", hasty))).to.contain("login");
    await proxy.close();
  });
});
