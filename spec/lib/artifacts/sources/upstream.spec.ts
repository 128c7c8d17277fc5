import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import type { RequestListener, ServerResponse } from "node:http";
import path from "node:path";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Patience } from "#artifacts/sources/download.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName } from "#artifacts/catalogue/wanted.ts";
import {
  expectNothing,
  failure,
  hasty,
  makeWorkshop,
  program,
  serve,
  sha256,
  tool,
  wantTool,
  type Upstream,
  type Workshop,
} from "../helpers.ts";

const contents: Readonly<Record<string, string>> = { tool: program("the tool"), toolctl: program("its client") };
const nameIn = (url = ""): string => path.posix.basename(url, ".sha256");

/** A working upstream; `special` may answer a request first. */
const release =
  (special: (url: string, response: ServerResponse) => boolean = () => false): RequestListener =>
  ({ url = "" }, response) => {
    if (special(url, response)) return;
    const content = contents[nameIn(url)];
    if (!url.startsWith("/releases.example/v2.1.0/amd64/") || content === undefined) response.writeHead(404).end();
    else response.end(url.endsWith(".sha256") ? sha256(content) : content);
  };

describe("artifacts from upstream", () => {
  let shop: Workshop;
  let upstream: Upstream;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(async () => {
    await upstream.close();
    await shop.remove();
  });

  const get = (component: Component = tool, patience: Patience = hasty): Promise<void> =>
    ensureArtifacts([wantTool(component)], {
      source: "upstream",
      upstreamUrl: upstream.url,
      cache: shop.cache,
      lockFile: shop.lockFile,
      patience,
    });

  it("are stored under their digests, executable, and pinned in the user's own lock file", async () => {
    upstream = await serve(release());
    await get();
    const ref = await lookUp(shop.cache, refName(wantTool(), "toolctl"), true);
    expect(ref).to.include({ name: "toolctl", version: "2.1.0", source: "upstream", size: 30 });
    const object = objectFile(shop.cache, sha256(program("its client")));
    expect(readFileSync(object, "utf8")).to.equal(program("its client"));
    expect(statSync(object).mode & 0o777).to.equal(0o755);
    expect(existsSync(shop.lockFile)).to.equal(false);
    const at = "https://releases.example/v2.1.0/amd64";
    expect(JSON.parse(readFileSync(shop.ownLockFile, "utf8"))).to.deep.equal({
      lockVersion: 1,
      downloads: {
        [`${at}/tool`]: sha256(program("the tool")),
        [`${at}/toolctl`]: sha256(program("its client")),
      },
      artifacts: {
        "tool@2.1.0/amd64/upstream": sha256(program("the tool")),
        "toolctl@2.1.0/amd64/upstream": sha256(program("its client")),
      },
    });
    expect(readdirSync(shop.cache.work)).to.deep.equal([]);
  });

  it("are not requested a second time", async () => {
    upstream = await serve(release());
    await get();
    const before = upstream.requests.length;
    await get();
    expect(upstream.requests).to.have.length(before);
  });

  it("are fetched by only one of two simultaneous runs", async () => {
    upstream = await serve(release());
    await Promise.all([get(), get()]);
    expect(upstream.requests.filter((request) => request.endsWith("/tool"))).to.have.length(1);
  });

  it("are fetched again if the file in the cache is truncated", async () => {
    upstream = await serve(release());
    await get();
    await writeFile(objectFile(shop.cache, sha256(program("the tool"))), "the");
    await get();
    expect(readFileSync(objectFile(shop.cache, sha256(program("the tool"))), "utf8")).to.equal(program("the tool"));
  });

  it("are tried again if they end early, then refused, and nothing is stored", async () => {
    upstream = await serve(
      release((url, response) => {
        if (!url.endsWith("/toolctl")) return false;
        response.writeHead(200, { "content-length": "1000" });
        response.write("its cl", () => response.destroy());
        return true;
      }),
    );
    const message = await failure(get());
    expect(message).to.contain("/releases.example/v2.1.0/amd64/toolctl: not downloaded after 3 tries");
    expect(upstream.requests.filter((request) => request.endsWith("/toolctl"))).to.have.length(3);
    expectNothing(shop);
  });

  it("are complete after the second try if they end early once", async () => {
    let first = true;
    upstream = await serve(
      release((url, response) => {
        if (!url.endsWith("/tool") || !first) return false;
        first = false;
        response.writeHead(200, { "content-length": "1000" });
        response.write("the t", () => response.destroy());
        return true;
      }),
    );
    await get();
    expect(readFileSync(objectFile(shop.cache, sha256(program("the tool"))), "utf8")).to.equal(program("the tool"));
  });

  it("are refused if a digest is not the published one, and neither binary is stored", async () => {
    upstream = await serve(
      release((url, response) => {
        if (!url.endsWith("/toolctl")) return false;
        response.end("something else");
        return true;
      }),
    );
    const message = await failure(get());
    expect(message)
      .to.contain(sha256("something else"))
      .and.to.contain(sha256(program("its client")));
    expect(message).to.contain("/amd64/toolctl.sha256 says");
    expectNothing(shop);
  });

  it("are tried again if the server is overloaded for a moment", async () => {
    const codes = [503, 429];
    upstream = await serve(
      release((url, response) => {
        const code = url.endsWith("/tool") ? codes.shift() : undefined;
        if (code !== undefined) response.writeHead(code).end();
        return code !== undefined;
      }),
    );
    await get();
    expect(codes).to.deep.equal([]);
  });

  it("are refused without another try if they do not exist", async () => {
    upstream = await serve((_request, response) => response.writeHead(404).end());
    expect(await failure(get())).to.contain("HTTP 404. There is no such file: is the version right");
    expect(upstream.requests.filter((request) => request.endsWith("/tool.sha256"))).to.have.length(1);
    expectNothing(shop);
  });

  it("are refused if the server stops sending, and the error says so", async () => {
    upstream = await serve(
      release((url, response) => {
        if (!url.endsWith("/tool")) return false;
        response.writeHead(200, { "content-length": "28" });
        response.write("the");
        return true;
      }),
    );
    expect(await failure(get(tool, { ...hasty, stall: 300, leastSpeed: 0 }))).to.contain("no data for 0.3 s");
    expectNothing(shop);
  });

  it("are complete in the end if the server is slow", async () => {
    upstream = await serve(
      release((url, response) => {
        if (!url.endsWith("/tool")) return false;
        const letters = program("the tool").match(/[^]{7}/g) ?? [];
        const timer = setInterval(() => {
          const letter = letters.shift();
          if (letter !== undefined) return response.write(letter);
          clearInterval(timer);
          return response.end();
        }, 300);
        return true;
      }),
    );
    // The whole download takes longer than the longest accepted pause.
    await get(tool, { ...hasty, stall: 2000 });
    expect(readFileSync(objectFile(shop.cache, sha256(program("the tool"))), "utf8")).to.equal(program("the tool"));
  });

  it("are fetched with a new connection if they are slower than wanted, and the progress says so", async () => {
    let requests = 0;
    upstream = await serve(
      release((url, response) => {
        if (!url.endsWith("/tool") || requests++ > 0) return false;
        response.writeHead(200, { "content-length": "28" });
        const timer = setInterval(() => response.write("x"), 40);
        response.on("close", () => clearInterval(timer));
        return true;
      }),
    );
    const { cache, lockFile } = shop;
    const { tries, delay } = hasty;
    const common = { source: "upstream", upstreamUrl: upstream.url, cache, lockFile } as const;
    await ensureArtifacts([wantTool()], { ...common, leastSpeed: 1000, patience: { tries, delay, stall: 300 } });
    // On a busy machine the next one may be too slow as well.
    expect(requests).to.be.at.least(2);
  });

  it("are refused with both digests and a remedy if they differ from their pin", async () => {
    upstream = await serve(release());
    const pinned = "0".repeat(64);
    await shop.file(
      "artifacts.lock.json",
      JSON.stringify({ lockVersion: 1, artifacts: { "tool@2.1.0/amd64/upstream": pinned } }),
    );
    const message = await failure(get());
    expect(message).to.contain(`expected sha256 ${pinned}, got ${sha256(program("the tool"))}`);
    expect(message).to.contain("remove these lines");
    expect(existsSync(shop.cache.objects)).to.equal(false);
    expect(existsSync(shop.cache.refs)).to.equal(false);
  });

  describe("in an archive", () => {
    const packed: Component = {
      ...tool,
      upstream: {
        archive: "https://releases.example/tool-{version}-{machine}.tar.gz",
        member: "tool-{version}/bin/{binary}",
        checksum: "https://releases.example/SHA256SUMS",
      },
    };
    const pack = async (names: readonly string[]): Promise<Buffer> => {
      const bin = path.join(shop.folder, "pack", "tool-2.1.0", "bin");
      await mkdir(bin, { recursive: true });
      for (const name of names) await writeFile(path.join(bin, name), contents[name] ?? "");
      return execFileSync("tar", ["-czf", "-", "-C", path.join(shop.folder, "pack"), "tool-2.1.0"]);
    };
    const offer = async (names: readonly string[]): Promise<void> => {
      const archive = await pack(names);
      upstream = await serve(({ url }, response) =>
        response.end(
          url?.endsWith("SHA256SUMS")
            ? `${"1".repeat(64)}  other.tar.gz\n${sha256(archive)} *./tool-2.1.0-x86_64.tar.gz\n`
            : archive,
        ),
      );
    };

    it("are extracted from it", async () => {
      await offer(["tool", "toolctl"]);
      await get(packed);
      expect(readFileSync(objectFile(shop.cache, sha256(program("its client"))), "utf8")).to.equal(
        program("its client"),
      );
    });

    it("are refused with tar's output if it lacks one of them", async () => {
      await offer(["tool"]);
      expect(await failure(get(packed))).to.match(/cannot be unpacked: .*tool-2\.1\.0\/bin\/toolctl/s);
      expectNothing(shop);
    });
  });
});
