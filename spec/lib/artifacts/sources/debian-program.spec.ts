import { readFileSync } from "node:fs";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { isVersion } from "#artifacts/sources/debian-program.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName, want, type WantedComponent } from "#artifacts/catalogue/wanted.ts";
import { failure, makeWorkshop, type Workshop } from "../helpers.ts";

const packaged: Component = {
  name: "tool",
  variable: "tool_version",
  binaries: ["tool"],
  build: { kind: "debian", package: "tool-bin", files: { tool: "usr/bin/tool" } },
};
const wanted: WantedComponent = want(packaged, { tool_version: "2.1.0", debian_suite: "trixie" }, "amd64");

describe("a program of a Debian package", () => {
  let shop: Workshop;
  const before = process.env.PATH;
  beforeEach(async () => {
    shop = await makeWorkshop();
    // Fakes of apt, whose archive has one package, and of dpkg.
    await shop.file(
      "apt-get",
      `#!/bin/sh
case "$*" in
*indextargets*) echo http://mirror.example/debian ;;
*download*) [ -e "${shop.folder}/empty" ] && { echo "E: Unable to locate package tool-bin" >&2; exit 100; }
  cat etc/sources.list > tool-bin_2.1.0-3_amd64.deb ;;
esac`,
      0o755,
    );
    await shop.file(
      "dpkg-deb",
      `#!/bin/sh
[ "$1" = --field ] && { echo 1:2.1.0-3; exit; }
mkdir -p "$3/usr/bin" && cp "$2" "$3/usr/bin/tool"`,
      0o755,
    );
    process.env.PATH = `${shop.folder}:${before ?? ""}`;
  });
  afterEach(async () => {
    process.env.PATH = before;
    await shop.remove();
  });
  const get = (one = wanted, source: "build" | "upstream" = "build"): Promise<void> =>
    ensureArtifacts([one], { source, cache: shop.cache, lockFile: shop.lockFile });

  it("comes from the machine's own mirror, signed, and is pinned by the package's version", async () => {
    await get();
    const ref = await lookUp(shop.cache, refName(wanted, "tool"));
    expect(ref).to.include({ builtWith: "tool-bin 1:2.1.0-3" });
    expect(readFileSync(objectFile(shop.cache, ref?.sha256 ?? ""), "utf8")).to.equal(
      "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian trixie main\n",
    );
    expect(readFileSync(shop.ownLockFile, "utf8")).to.contain("tool@2.1.0/amd64/debian-1%3a2.1.0-3");
  });
  it("comes from the mirror that the user has set", async () => {
    const debianMirror = "https://debian.example/debian";
    await ensureArtifacts([wanted], { source: "build", debianMirror, cache: shop.cache, lockFile: shop.lockFile });
    const ref = await lookUp(shop.cache, refName(wanted, "tool"));
    expect(readFileSync(objectFile(shop.cache, ref?.sha256 ?? ""), "utf8")).to.contain(`gpg] ${debianMirror} trixie`);
  });
  it("comes from Debian for the source upstream too, if it has no other release", async () => {
    await get(wanted, "upstream");
    await get();
    expect((await lookUp(shop.cache, refName(wanted, "tool")))?.builtWith).to.equal("tool-bin 1:2.1.0-3");
  });
  it("reports the variable to set if the package has another version", async () => {
    const other = want(packaged, { tool_version: "2.1", debian_suite: "trixie" }, "amd64");
    const message = await failure(get(other));
    expect(message).to.contain("tool 2.1: trixie has tool-bin 1:2.1.0-3. Set tool_version to that version");
  });
  it("shows apt's output if the package is not in the archive", async () => {
    await shop.file("empty", "");
    expect(await failure(get())).to.contain("cannot be fetched: E: Unable to locate package tool-bin");
  });
  for (const [debian, version, is] of [
    ["0.28.1+ds-1", "0.28.1", true],
    ["1:1.37.0-6+b3", "1.37.0", true],
    ["0.28.10-1", "0.28.1", false],
    ["0.28.1.2-1", "0.28.1", false],
  ] as const)
    it(`${is ? "accepts" : "does not accept"} Debian's ${debian} as version ${version}`, () => {
      expect(isVersion(debian, version)).to.equal(is);
    });
});
