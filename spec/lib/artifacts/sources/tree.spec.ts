import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import type { EnsureOptions } from "#artifacts/store/get.ts";
import { refName } from "#artifacts/catalogue/wanted.ts";
import {
  expectNothing,
  failure,
  hasty,
  makeWorkshop,
  serve,
  sha256,
  tool,
  wantTool,
  type Upstream,
  type Workshop,
} from "../helpers.ts";

const chart: Component = {
  ...tool,
  binaries: ["tool-chart"],
  upstream: {
    tree: "https://charts.example/tool-{version}.tgz",
    paths: { tool: "tool-{version}/chart" },
    index: { url: "https://charts.example/index.yaml", chart: "tool", version: "{version}" },
  },
  build: { kind: "tree", module: "example.org/tool v{version}", paths: { tool: "chart" } },
};

describe("a packed chart", () => {
  let shop: Workshop;
  let upstream: Upstream | undefined;
  beforeEach(async () => {
    shop = await makeWorkshop();
    const folder = path.join(shop.folder, "tool-2.1.0", "chart");
    await mkdir(path.join(folder, "templates"), { recursive: true });
    await writeFile(path.join(folder, "Chart.yaml"), "name: tool\n", { mode: 0o600 });
    await writeFile(path.join(folder, "templates", "install.sh"), "#!/bin/sh\n", { mode: 0o444 });
    await shop.file(
      "go",
      `#!/bin/sh\n[ "$1" = version ] && echo "go version go1.26.8 linux/amd64" || echo '{"Dir":"${shop.folder}/tool-2.1.0","GoMod":""}'\n`,
      0o755,
    );
  });
  afterEach(async () => {
    await upstream?.close();
    upstream = undefined;
    await shop.remove();
  });
  const get = (options: Partial<EnsureOptions>): Promise<void> =>
    ensureArtifacts([wantTool(chart)], {
      source: "build",
      go: path.join(shop.folder, "go"),
      cache: shop.cache,
      lockFile: shop.lockFile,
      patience: hasty,
      ...options,
    });
  const stored = async (): Promise<string> =>
    objectFile(shop.cache, (await lookUp(shop.cache, refName(wantTool(chart), "tool-chart")))?.sha256 ?? "");
  const listing = async (): Promise<string[]> =>
    execFileSync("tar", ["--utc", "-tvzf", await stored()], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => line.replace(/\s+/g, " "));
  const whole = [
    "drwxr-xr-x 0/0 0 1970-01-01 00:00 tool/",
    "-rw-r--r-- 0/0 11 1970-01-01 00:00 tool/Chart.yaml",
    "drwxr-xr-x 0/0 0 1970-01-01 00:00 tool/templates/",
    "-rwxr-xr-x 0/0 10 1970-01-01 00:00 tool/templates/install.sh",
  ];
  const released = (): Buffer => execFileSync("tar", ["-czf", "-", "-C", shop.folder, "tool-2.1.0"]);
  const serveRelease = async (digest: (archive: Buffer) => string): Promise<string> => {
    const archive = released();
    upstream = await serve(({ url }, response) => {
      if (url === "/charts.example/index.yaml")
        response.end(`entries:\n  tool:\n    - version: 2.1.0\n      digest: ${digest(archive)}\n`);
      else if (url === "/charts.example/tool-2.1.0.tgz") response.end(archive);
      else response.writeHead(404).end();
    });
    return upstream.url;
  };

  it("from a module is one archive with fixed owners, order, times and modes", async () => {
    await get({});
    expect(await listing()).to.deep.equal(whole);
  });
  it("from the release has the same bytes as from the module", async () => {
    await get({});
    const ofModule = await stored();
    await get({ source: "upstream", upstreamUrl: await serveRelease(sha256) });
    expect(await stored()).to.equal(ofModule);
  });
  it("is refused if its digest differs from the repository's index, and nothing is stored", async () => {
    const message = await failure(get({ source: "upstream", upstreamUrl: await serveRelease(() => "a".repeat(64)) }));
    expect(message).to.match(/tool-2\.1\.0\.tgz: the download has sha256 \w+, but \S+index\.yaml says aaaa/);
    expectNothing(shop);
  });
  it("is refused if the index has no digest for it", async () => {
    const message = await failure(get({ source: "upstream", upstreamUrl: await serveRelease(() => "none") }));
    expect(message).to.contain("no digest for version 2.1.0 of the chart tool");
  });
});
