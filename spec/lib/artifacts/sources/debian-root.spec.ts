import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import type { Component } from "#artifacts/catalogue/component.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName, want, type WantedComponent } from "#artifacts/catalogue/wanted.ts";
import { failure, makeWorkshop, type Workshop } from "../helpers.ts";

const root: Component = {
  name: "small-root",
  variable: "debian_suite",
  binaries: ["small-root-1a2b3c4d"],
  build: { kind: "debian-root", packages: ["curl", "bash"], without: ["/usr/share/doc/*"] },
};
const wanted: WantedComponent = want(root, { debian_suite: "trixie" }, "amd64");

describe("a root file system of Debian packages", () => {
  let shop: Workshop;
  const before = process.env.PATH;
  beforeEach(async () => {
    shop = await makeWorkshop();
    await shop.file("apt-get", "#!/bin/sh\necho http://mirror.example/debian\n", 0o755);
    process.env.PATH = `${shop.folder}:${before ?? ""}`;
  });
  afterEach(async () => {
    process.env.PATH = before;
    await shop.remove();
  });
  /** A fake mmdebstrap, which writes its arguments into the tar, and the hook's list of packages. */
  const makes = (end: string): Promise<string> =>
    shop.file(
      "mmdebstrap",
      `#!/bin/sh
for word in "$@"; do case $word in
--customize-hook=*) hook=$(echo "$word" | sed 's/.*sh \\(\\S*\\) .*/\\1/') ;;
*.tar) tar=$word ;;
esac; done
printf 'bash\\t5.2-1\\ncurl:amd64\\t8.14-2\\nlibc6:amd64\\t2.41\\n' > "$(sed -n "s/.*> '\\(.*\\)'/\\1/p" "$hook")"
echo "$SOURCE_DATE_EPOCH $*" > "$tar"
${end}`,
      0o755,
    );
  const make = (): Promise<void> =>
    ensureArtifacts([wanted], { source: "auto", cache: shop.cache, lockFile: shop.lockFile });

  it("is made of its packages with a fixed time, and records their versions", async () => {
    await makes("");
    await make();
    const ref = await lookUp(shop.cache, refName(wanted, "small-root-1a2b3c4d"));
    expect(ref?.builtWith).to.equal("bash 5.2-1, curl 8.14-2");
    const call = readFileSync(objectFile(shop.cache, ref?.sha256 ?? ""), "utf8");
    expect(call).to.match(/^0 --quiet --format=tar --variant=essential /);
    expect(call).to.contain("--include=curl,bash").and.to.contain("--dpkgopt=path-exclude=/usr/share/doc/*");
    expect(call).to.contain("] http://mirror.example/debian trixie main");
  });
  it("is not pinned, because Debian renews its packages", async () => {
    await makes("");
    await make();
    expect(existsSync(shop.ownLockFile)).to.equal(false);
  });
  it("shows the last lines of output if it cannot be made", async () => {
    await makes("echo E: no space left >&2; exit 1");
    expect(await failure(make()))
      .to.contain("small-root trixie: mmdebstrap failed (exit code 1)")
      .and.to.contain("no space");
  });
});
