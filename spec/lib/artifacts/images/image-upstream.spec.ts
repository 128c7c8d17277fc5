import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName } from "#artifacts/catalogue/wanted.ts";
import { keepsEnvironment } from "../../engine/environment.ts";
import { failure, hasty, makeWorkshop, program, tool, wantTool, type Workshop } from "../helpers.ts";

const boxed: Component = {
  ...tool,
  binaries: ["tool"],
  upstream: { image: "registry.example/tools/tool:{version}", member: "tool" },
};

describe("an artifact that is published as an image", () => {
  keepsEnvironment();
  let shop: Workshop;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(() => shop.remove());

  const get = async (script: string, upstreamUrls = {}, patience = hasty): Promise<void> =>
    ensureArtifacts([wantTool(boxed)], {
      source: "upstream",
      crane: await shop.file("crane", `#!/bin/sh\n${script}\n`, 0o755),
      upstreamUrls,
      patience,
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
  const calls = (): number => readFileSync(path.join(shop.folder, "calls"), "utf8").length;
  const counted = (): string => `printf x >> ${shop.folder}/calls`;

  it("is not pulled again if the registry does not have it, or its certificate is not trusted", async () => {
    for (const [code, remedy] of [
      ["DENIED", "DENIED"],
      ["x509: certificate signed by unknown authority", "NODE_EXTRA_CA_CERTS"],
    ]) {
      await shop.file("calls", "");
      expect(await failure(get(`${counted()}; echo "${code}" >&2; exit 1`))).to.contain(remedy);
      expect(calls()).to.equal(1);
    }
  });
  it("is pulled again if the line was cut", async () => {
    const script = `${counted()}; [ $(wc -c < ${shop.folder}/calls) -gt 1 ] || { echo "unexpected EOF" >&2; exit 1; }`;
    await get(`${script}; ${exporting}`);
    expect(calls()).to.equal(2);
    await shop.remove();
    shop = await makeWorkshop();
    const message = await failure(get(`${counted()}; echo "i/o timeout" >&2; exit 1`));
    expect(message).to.contain("after 3 tries: cannot be pulled: i/o timeout");
    expect(calls()).to.equal(3);
  });
  it("is given up, and pulled again, if no more data arrives", async () => {
    const script = `${counted()}; [ $(wc -c < ${shop.folder}/calls) -gt 1 ] || exec sleep 60`;
    await get(`${script}; ${exporting}`, {}, { ...hasty, stall: 100 });
    expect(calls()).to.equal(2);
  });
  it("comes from a registry whose authority is named for Node alone", async () => {
    Reflect.deleteProperty(process.env, "SSL_CERT_FILE");
    process.env.NODE_EXTRA_CA_CERTS = "/own/ca.pem";
    await get(`[ "$SSL_CERT_FILE" = /own/ca.pem ] || exit 1; ${exporting}`);
  });
});
