import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { lookUp } from "#engine/cache/cache.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName, want } from "#artifacts/catalogue/wanted.ts";
import { failure, makeWorkshop, tool, type Workshop } from "../helpers.ts";

if (tool.build.kind !== "go") throw new Error("the tool is built by Go");
const linked: Component = {
  ...tool,
  build: { ...tool.build, c: { packages: ["libparser-dev"], libraries: ["parser", "z"] } },
};
const versions = { tool_version: "2.1.0", debian_suite: "trixie" };

describe("artifacts built by Go with C libraries", () => {
  let shop: Workshop;
  const before = process.env.PATH;
  beforeEach(async () => {
    shop = await makeWorkshop();
    // Fakes of Go, of a compiler, of apt, whose archive has each package once, and of dpkg.
    await shop.file(
      "go",
      `#!/bin/sh
here=$(dirname "$0")
case $1 in
version) echo "go version go1.26.8 linux/amd64" ;;
build)
  echo "$*" > "$here/arguments"
  echo "$CGO_ENABLED $GOARCH $CGO_CFLAGS" > "$here/settings"
  echo "$CC" > "$here/cc.seen"
  eval "$PKG_CONFIG --cflags -- parser; $PKG_CONFIG --libs -- parser" > "$here/libs"
  eval "set -- $CC"
  cat "\${2#--sysroot=}/usr/include/libparser-dev" > "$here/headers"
  mkdir out && echo server > out/tool && echo client > out/toolctl ;;
esac
`,
      0o755,
    );
    await shop.file("cc", `#!/bin/sh\necho "cc (Debian 14.2.0-19) 14.2.0"\n`, 0o755);
    await shop.file(
      "apt-get",
      `#!/bin/sh
case "$*" in
*download*)
  [ -e "${shop.folder}/empty" ] && { echo "E: Unable to locate package libparser-dev" >&2; exit 100; }
  echo "$*" > "${shop.folder}/apt"
  while [ "$1" != download ]; do shift; done; shift
  for one; do echo "$one" > "\${one}_1%3a2.0-1_all.deb"; done ;;
esac`,
      0o755,
    );
    await shop.file(
      "dpkg-deb",
      `#!/bin/sh
case $1 in
--extract) mkdir -p "$3/usr/include" && cp "$2" "$3/usr/include/$(cat "$2")" ;;
--show) echo "$(cat "$4") 1:2.0-1" ;;
esac`,
      0o755,
    );
    process.env.PATH = `${shop.folder}:${before ?? ""}`;
  });
  afterEach(async () => {
    process.env.PATH = before;
    await shop.remove();
  });
  const build = (architecture: "amd64" | "arm64" = "amd64"): Promise<void> =>
    ensureArtifacts([want(linked, versions, architecture)], {
      ...{ source: "build", cache: shop.cache, lockFile: shop.lockFile },
      ...{ go: path.join(shop.folder, "go"), cc: path.join(shop.folder, "cc") },
    });
  const seen = (name: string): string => readFileSync(path.join(shop.folder, name), "utf8").trim();

  it("link the libraries of their own architecture statically, whatever the machine has", async () => {
    await build("arm64");
    expect(seen("apt"))
      .to.contain("-o APT::Architecture=arm64")
      .and.to.match(/libc6-dev linux-libc-dev libparser-dev$/);
    expect(seen("settings")).to.equal("1 arm64 -O2");
    const folder = path.join(shop.cache.work, "tool@2.1.0-linux-arm64");
    expect(seen("cc.seen")).to.equal(
      `'${shop.folder}/cc' '--sysroot=${folder}/c/out' '-B${folder}/c/out/usr/lib/aarch64-linux-gnu'`,
    );
    expect(seen("headers")).to.equal("libparser-dev");
    expect(seen("libs")).to.equal("-lparser -lz");
    expect(seen("arguments"))
      .to.contain(" -buildmode=pie ")
      .and.to.contain("-extldflags '-static-pie -Wl,--build-id=none'");
  });

  it("are pinned by the toolchain, the compiler and the libraries", async () => {
    await build();
    const name = "go1.26.8-cc-14.2.0-19-libc6-dev-1:2.0-1-libparser-dev-1:2.0-1";
    expect((await lookUp(shop.cache, refName(want(linked, versions, "amd64"), "tool")))?.builtWith).to.equal(name);
    expect(seen(".kubeplay/artifacts.lock.json")).to.contain(`tool@2.1.0/amd64/build-${name.replaceAll(":", "%3a")}"`);
  });

  it("report packages that cannot be fetched, with apt's words and the alternatives", async () => {
    await shop.file("empty", "");
    expect(await failure(build()))
      .to.match(
        /^tool 2\.1\.0 has to be built, but Debian's packages libc6-dev, linux-libc-dev, libparser-dev of trixie/,
      )
      .and.to.contain("set artifact_source to upstream or directory")
      .and.to.contain("E: Unable to locate package libparser-dev");
  });

  it("are runc only: a C compiler is needed for nothing else that hosts run", () => {
    const all = catalogue.filter((one) => one.build.kind === "go" && one.build.c !== undefined);
    expect(all.map(({ name }) => name)).to.deep.equal(["runc"]);
  });
});
