import { existsSync } from "node:fs";
import { expect } from "chai";
import { lookUp } from "#engine/cache/cache.ts";
import { noRun } from "#engine/tasks/resource.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName, want } from "#artifacts/catalogue/wanted.ts";
import {
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

describe("the source of artifacts", () => {
  let shop: Workshop;
  let upstream: Upstream;
  beforeEach(async () => {
    shop = await makeWorkshop();
    upstream = await serve(({ url = "" }, response) => {
      const content = program(`content of ${url.replace(/\.sha256$/, "")}`);
      response.end(url.endsWith(".sha256") ? sha256(content) : content);
    });
  });
  afterEach(async () => {
    await upstream.close();
    await shop.remove();
  });

  const options = () => ({ cache: shop.cache, lockFile: shop.lockFile, patience: hasty, go: "/no/such/go" });

  it("is upstream for auto, if upstream answers", async () => {
    await ensureArtifacts([wantTool()], { ...options(), source: "auto", upstreamUrl: upstream.url });
    expect((await lookUp(shop.cache, refName(wantTool(), "tool")))?.source).to.equal("upstream");
  });

  it("is a build for auto, if upstream cannot be reached, and a missing Go is reported with the cause", async () => {
    await upstream.close();
    const message = await failure(
      ensureArtifacts([wantTool()], { ...options(), source: "auto", upstreamUrl: upstream.url }),
    );
    expect(message).to.contain("has to be built, but there is no Go");
    expect(message).to.match(/Upstream cannot be reached: 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  it("is no build without a C compiler, which is reported before anything is built, with the cause", async () => {
    await upstream.close();
    if (tool.build.kind !== "go") throw new Error("the tool is built by Go");
    const inC = {
      ...tool,
      name: "in-c",
      binaries: ["in-c"],
      build: { ...tool.build, c: { packages: [], libraries: [] } },
    };
    const go = await shop.file("go", '#!/bin/sh\n[ "$1" = version ] && echo go1.26.8 || touch "$0.built"\n', 0o755);
    const all = [tool, inC].map((one) => want(one, { tool_version: "2.1.0" }, "amd64"));
    const auto = { ...options(), go, cc: "/no/such/cc", source: "auto", upstreamUrl: upstream.url } as const;
    expect(await failure(ensureArtifacts(all, auto))).to.match(
      /^in-c 2\.1\.0 has to be compiled for amd64, but there is no C compiler: "\/no\/such\/cc" .*apt-get install .*gcc.*\nUpstream cannot be reached: 127\.0\.0\.1:\d+: connect ECONNREFUSED/,
    );
    expect(existsSync(`${go}.built`)).to.equal(false);
  });

  for (const status of [401, 403, 404])
    it(`is no build for auto, if upstream answers HTTP ${String(status)}: the error is reported`, async () => {
      await upstream.close();
      upstream = await serve((_request, response) => response.writeHead(status).end());
      const auto = { ...options(), source: "auto", upstreamUrl: upstream.url } as const;
      expect(await failure(ensureArtifacts([wantTool()], auto))).to.contain(`tool.sha256: HTTP ${String(status)}`);
    });

  it("is announced with the time that its downloads take, which the next run knows from the last", async () => {
    await upstream.close();
    const large = program("x".repeat(1_500_000));
    upstream = await serve(({ url = "" }, response) => response.end(url.endsWith(".sha256") ? sha256(large) : large));
    const notices = async (version: string): Promise<string> => {
      const said: string[] = [];
      const run = { ...noRun, notice: (message: string) => void said.push(message) };
      const wanted = want(tool, { tool_version: version }, "amd64");
      const from = { ...options(), source: "upstream", upstreamUrl: upstream.url } as const;
      await ensureArtifacts([wanted], from, undefined, undefined, run);
      return said.join("\n");
    };
    expect(await notices("1.0.0")).to.match(/^Downloading takes .* at 10 Mbit\/s, and .* at 100 Mbit\/s\./m);
    expect(await notices("2.0.0")).to.match(/^Downloading takes .*, at the [\d.e+]+ MB\/s of the last downloads\.$/m);
  });

  it("is upstream for auto, if a server answers GET and refuses HEAD", async () => {
    await upstream.close();
    upstream = await serve(({ method, url = "" }, response) => {
      const content = program(`content of ${url.replace(/\.sha256$/, "")}`);
      if (method === "HEAD") response.writeHead(405).end();
      else response.end(url.endsWith(".sha256") ? sha256(content) : content);
    });
    await ensureArtifacts([wantTool()], { ...options(), source: "auto", upstreamUrl: upstream.url });
    expect((await lookUp(shop.cache, refName(wantTool(), "tool")))?.source).to.equal("upstream");
  });

  it("is a build for auto, for all components of a silent host, which is asked once", async () => {
    await upstream.close();
    upstream = await serve(() => undefined);
    const auto = { ...options(), source: "auto", upstreamUrl: upstream.url, answerWithin: 50 } as const;
    const both = ["2.0.0", "2.1.0"].map((version) => want(tool, { tool_version: version }, "amd64"));
    const message = await failure(ensureArtifacts(both, auto));
    expect(message).to.contain("tool 2.0.0, tool 2.1.0 have to be built");
    expect(upstream.requests).to.have.length(1);
  });

  it("applies to files in the cache too, unless it is auto", async () => {
    await ensureArtifacts([wantTool()], { ...options(), source: "upstream", upstreamUrl: upstream.url });
    const before = upstream.requests.length;
    await ensureArtifacts([wantTool()], { ...options(), source: "auto", upstreamUrl: upstream.url });
    expect(upstream.requests).to.have.length(before);
    expect(await failure(ensureArtifacts([wantTool()], { ...options(), source: "build" }))).to.contain("no Go");
  });

  it("may be a mirror of one component, which replaces its scheme and host", async () => {
    await ensureArtifacts([wantTool()], {
      ...options(),
      source: "upstream",
      upstreamUrls: { tool: `${upstream.url}/mirror/` },
    });
    expect(upstream.requests).to.include("GET /mirror/v2.1.0/amd64/tool");
  });
});
