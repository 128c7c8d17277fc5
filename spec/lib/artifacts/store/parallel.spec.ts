import { readFileSync } from "node:fs";
import path from "node:path";
import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { lookUp } from "#engine/cache/cache.ts";
import { manyBuilds } from "#artifacts/sources/limits.ts";
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
  type Upstream,
  type Workshop,
} from "../helpers.ts";

const three = ["1.0.0", "2.0.0", "3.0.0"].map((version) => want(tool, { tool_version: version }, "amd64"));

const answer = (url: string, response: ServerResponse): void => {
  const content = program(`content of ${url.replace(/\.sha256$/, "")}`);
  response.end(url.endsWith(".sha256") ? sha256(content) : content);
};

describe("several artifacts at once", () => {
  let shop: Workshop;
  let upstream: Upstream | undefined;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(async () => {
    await upstream?.close();
    upstream = undefined;
    await shop.remove();
  });
  const common = () => ({ cache: shop.cache, lockFile: shop.lockFile, patience: hasty });

  it("are downloaded in parallel", async () => {
    // The first request waits until another component has asked too: sequential downloads would never end.
    const asked = new Set<string>();
    const held: (() => void)[] = [];
    upstream = await serve(({ url = "" }, response) => {
      asked.add(/v\d/.exec(url)?.[0] ?? "");
      held.push(() => answer(url, response));
      if (asked.size >= 2) held.splice(0).forEach((go) => go());
    });
    await ensureArtifacts(three, { ...common(), source: "upstream", upstreamUrl: upstream.url });
    for (const one of three) expect(await lookUp(shop.cache, refName(one, "tool"))).to.include({ source: "upstream" });
  });

  it("are built only as many at once as the machine has memory for", async () => {
    const go = await shop.file(
      "go",
      `#!/bin/sh
[ "$1" != version ] || echo "go version go1.26.8 linux/amd64"
[ "$1" = build ] || exit 0
echo + >> "${shop.folder}/builds"; sleep 0.1; echo - >> "${shop.folder}/builds"
mkdir out && echo server > out/tool && echo client > out/toolctl
`,
      0o755,
    );
    await ensureArtifacts(three, { ...common(), source: "build", go });
    let running = 0;
    const most = readFileSync(path.join(shop.folder, "builds"), "utf8")
      .trim()
      .split("\n")
      .map((sign) => (running += sign === "+" ? 1 : -1));
    expect(most).to.have.length(6);
    expect(Math.max(...most)).to.be.at.most(manyBuilds ? 2 : 1);
  });

  it("report once that Go is missing for all of them, and the alternatives", async () => {
    const message = await failure(ensureArtifacts(three, { ...common(), source: "build", go: "/no/such/go" }));
    expect(message).to.contain("tool 1.0.0, tool 2.0.0, tool 3.0.0 have to be built, but there is no Go");
    expect(message.match(/Do one of the following/g)).to.have.length(1);
  });

  it("are stored even if another one fails", async () => {
    upstream = await serve(({ url = "" }, response) => {
      if (url.includes("/v2.0.0/")) response.writeHead(404).end();
      else answer(url, response);
    });
    const message = await failure(
      ensureArtifacts(three, { ...common(), source: "upstream", upstreamUrl: upstream.url }),
    );
    expect(message).to.contain("/v2.0.0/amd64/tool").and.to.not.contain("/v1.0.0/");
    expect(await Promise.all(three.map((one) => lookUp(shop.cache, refName(one, "tool"))))).to.satisfy(
      ([first, second, third]: unknown[]) => first !== undefined && second === undefined && third !== undefined,
    );
  });
});
