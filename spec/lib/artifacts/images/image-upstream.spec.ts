import { readFileSync } from "node:fs";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName } from "#artifacts/catalogue/wanted.ts";
import { failure, makeWorkshop, program, tool, wantTool, type Workshop } from "../helpers.ts";

const boxed: Component = {
  ...tool,
  binaries: ["tool"],
  upstream: { image: "registry.example/tools/tool:{version}", member: "tool" },
};

describe("an artifact that is published as an image", () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(() => shop.remove());

  const get = async (script: string, upstreamUrls = {}): Promise<void> =>
    ensureArtifacts([wantTool(boxed)], {
      source: "upstream",
      crane: await shop.file("crane", `#!/bin/sh\n${script}\n`, 0o755),
      upstreamUrls,
      cache: shop.cache,
      lockFile: shop.lockFile,
    });
  const header = "\\177ELF\\2\\1\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\76\\0";
  /** Writes an image's file system whose content is the arguments. */
  const exporting = `cd "$(mktemp -d)" && printf '${header}' > tool && echo "$@" | cut -d' ' -f1-4 >> tool && tar -cf "$5" tool`;
  const stored = async (): Promise<string> =>
    readFileSync(
      objectFile(shop.cache, (await lookUp(shop.cache, refName(wantTool(boxed), "tool")))?.sha256 ?? ""),
      "utf8",
    );

  it("is extracted from the image for the hosts' platform", async () => {
    await get(exporting);
    expect(await stored()).to.equal(program("export --platform linux/amd64 registry.example/tools/tool:2.1.0\n"));
  });
  it("comes from a mirror if one is set for it", async () => {
    await get(exporting, { tool: "mirror.example/k8s" });
    expect(await stored()).to.contain("mirror.example/k8s/tools/tool:2.1.0");
  });
  it("reports why the image cannot be pulled", async () => {
    expect(await failure(get("echo MANIFEST_UNKNOWN >&2; exit 1"))).to.equal(
      "registry.example/tools/tool:2.1.0: cannot be pulled: MANIFEST_UNKNOWN",
    );
  });
});
