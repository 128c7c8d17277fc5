import { readFileSync } from "node:fs";
import { expect } from "chai";
import { lookUp, objectFile, sha256Of } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { ownArchitecture, refName, want } from "#artifacts/catalogue/wanted.ts";
import { failure, makeWorkshop, tool, type Workshop } from "../helpers.ts";

const inC: Component = {
  ...tool,
  binaries: ["tool"],
  build: {
    kind: "c",
    module: "example.org/tool v{version}",
    source: "tool.c",
    binary: "tool",
    defines: { VERSION: "v{version}" },
  },
};
const [own, other] = ownArchitecture === "arm64" ? (["arm64", "amd64"] as const) : (["amd64", "arm64"] as const);
const wanted = want(inC, { tool_version: "2.1.0" }, own);
const crossed = want(inC, { tool_version: "2.1.0" }, other);
/** Compiles nothing, and writes its arguments into the file. */
const fake = (library: string): string => `#!/bin/sh
case $1 in
  --version) echo "cc (Debian 14.2.0-19) 14.2.0"; exit ;;
  -print-file-name=libc.a) echo ${library}; exit ;;
esac
while [ "$1" != -o ]; do args="$args $1"; shift; done; echo "$args $3" > "$2"`;

describe("an artifact compiled by a C compiler", () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await makeWorkshop();
    await shop.file(
      "go",
      `#!/bin/sh\n[ "$1" = version ] && echo "go version go1.26.8 linux/amd64" || echo '{"Dir":"${shop.folder}","GoMod":""}'\n`,
      0o755,
    );
  });
  afterEach(() => shop.remove());
  const compile = (cc: string, what = wanted): Promise<void> =>
    ensureArtifacts([what], {
      source: "build",
      go: `${shop.folder}/go`,
      cc,
      cache: shop.cache,
      lockFile: shop.lockFile,
    });

  it("is static and pinned by compiler and libc", async () => {
    await compile(await shop.file("cc", fake("no"), 0o755));
    const ref = await lookUp(shop.cache, refName(wanted, "tool"));
    expect(ref?.builtWith).to.match(/^cc-14\.2\.0-19-libc-\S+$/);
    expect(readFileSync(objectFile(shop.cache, ref?.sha256 ?? ""), "utf8"))
      .to.contain("-static")
      .and.to.contain(`-DVERSION=v2.1.0`);
  });
  it("is compiled for another architecture, and pinned by the library's digest", async () => {
    const library = await shop.file("libc.a", "library");
    await compile(await shop.file("cc", fake(library), 0o755), crossed);
    const ref = await lookUp(shop.cache, refName(crossed, "tool"));
    expect(ref?.architecture).to.equal(other);
    expect(ref?.builtWith).to.equal(`cc-14.2.0-19-libc-${await sha256Of(library).then((sum) => sum.slice(0, 12))}`);
  });
  it("reports how to install a missing library of another architecture", async () => {
    expect(await failure(compile(await shop.file("cc", fake("libc.a"), 0o755), crossed)))
      .to.contain("no static C library")
      .and.to.contain(`libc6-dev-${other}-cross`);
  });
  it("reports how to install a missing C compiler", async () => {
    expect(await failure(compile("/no/such/cc"))).to.contain("apt-get install gcc libc6-dev");
  });
  it("shows the compiler's output if it does not compile", async () => {
    const cc = `#!/bin/sh\n[ "$1" = --version ] && exit; echo "tool.c:3: error: expected ;" >&2; exit 1`;
    expect(await failure(compile(await shop.file("cc", cc, 0o755)))).to.contain("tool.c:3: error");
  });
});
