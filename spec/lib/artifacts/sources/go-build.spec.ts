import { readFileSync } from "node:fs";
import { chmod, mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { replacesOf, requiredAt } from "#artifacts/sources/go-build.ts";
import { refName } from "#artifacts/catalogue/wanted.ts";
import { expectNothing, failure, makeWorkshop, tool, wantTool, type Workshop } from "../helpers.ts";

/** A fake Go, which records its arguments and settings, and runs `build` instead of building. */
const fakeGo = (version: string, build: string): string => `#!/bin/sh
echo "$GOFLAGS|$CGO_ENABLED|$GOTOOLCHAIN|$GOARCH $*" >> "$(dirname "$0")/calls"
case $1 in
version) echo "go version ${version} linux/amd64" ;;
list) cat go.mod > "$(dirname "$0")/go.mod.seen" ;;
build) ${build} ;;
esac
`;
const good = `mkdir out && echo server > out/tool && echo client > out/toolctl`;

describe("artifacts built by Go", () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(() => shop.remove());

  const build = (go: string): Promise<void> =>
    ensureArtifacts([wantTool()], { source: "build", go, cache: shop.cache, lockFile: shop.lockFile });
  const seen = (name: string): string => readFileSync(path.join(shop.folder, name), "utf8");

  it("are built in a module that requires the component, and pinned by toolchain", async () => {
    await build(await shop.file("go", fakeGo("go1.26.8", good), 0o755));
    expect(seen("go.mod.seen")).to.equal("module kubeplay.build/tool\ngo 1.26.0\nrequire example.org/tool/v2 v2.1.0\n");
    expect(seen("calls")).to.contain(
      "-mod=mod -trimpath -buildvcs=false|0|local|amd64 build -v -gcflags=all=-dwarf=false -ldflags -s -w -X example.org/tool/v2/version.Version=v2.1.0 -o out/ example.org/tool/v2 example.org/tool/v2/cmd/toolctl",
    );
    const ref = await lookUp(shop.cache, refName(wantTool(), "tool"));
    expect(ref).to.include({ source: "build", builtWith: "go1.26.8" });
    expect(readFileSync(objectFile(shop.cache, ref?.sha256 ?? ""), "utf8")).to.equal("server\n");
    expect(seen(".kubeplay/artifacts.lock.json")).to.contain("tool@2.1.0/amd64/build-go1.26.8");
  });

  it("report the alternatives if Go is missing", async () => {
    const message = await failure(build(path.join(shop.folder, "no-such-go")));
    expect(message).to.contain("tool 2.1.0 has to be built, but there is no Go on this machine");
    expect(message).to.contain("1. install Go 1.26").and.to.contain("artifact_source: upstream");
    expect(message).to.contain("artifact_directory to a folder that has tool, toolctl");
    expectNothing(shop);
  });

  it("are refused if Go is too old", async () => {
    const message = await failure(build(await shop.file("go", fakeGo("go1.24.4", good), 0o755)));
    expect(message).to.contain("has to be built with Go 1.26 or newer, but this machine has go1.24.4");
  });

  it("are refused if Go is older than the module requires", async () => {
    const refusal = `echo "go: example.org/tool/v2@v2.1.0 requires go >= 1.27.1 (running go 1.26.8; GOTOOLCHAIN=local)" >&2; exit 1`;
    const message = await failure(build(await shop.file("go", fakeGo("go1.26.8", refusal), 0o755)));
    expect(message).to.contain("has to be built with Go 1.27.1 or newer, but this machine has go1.26.8");
  });

  it("show the compiler's last 20 lines if they do not compile, and leave nothing behind", async () => {
    const broken = `echo "go: downloading example.org/x v1.0.0" >&2; echo example.org/x >&2; for i in $(seq 30); do echo "./main.go:$i: undefined: x" >&2; done; mkdir out; echo half > out/tool; exit 1`;
    const message = await failure(build(await shop.file("go", fakeGo("go1.26.8", broken), 0o755)));
    expect(message).to.contain('"go build" failed (exit code 1)');
    expect(message).to.contain("./main.go:30:").and.to.contain("./main.go:11:");
    expect(message).not.to.contain("./main.go:10:");
    expect(message).not.to.contain("downloading");
    expectNothing(shop);
  });

  it("use the forks of a module, with the module's own checksums for them", async () => {
    await shop.file("fork.mod", "module example.org/tool/v2\nreplace example.org/x => example.org/fork v1.2.3\n");
    await shop.file("go.sum", "example.org/fork v1.2.3 h1:abc=\n");
    const go = fakeGo("go1.26.8", `cat go.sum > "$(dirname "$0")/go.sum.seen"; ${good}`).replace(
      "case $1 in",
      `case $1 in\nmod) echo '{"Dir":"${shop.folder}","GoMod":"${shop.folder}/fork.mod"}' ;;`,
    );
    const { build: asIs } = tool;
    if (asIs.kind !== "go") throw new Error("the tool is built by Go");
    const forked = wantTool({ ...tool, build: { ...asIs, repeats: "example.org/tool/v2 v{version}" } });
    const options = { go: await shop.file("go", go, 0o755), cache: shop.cache, lockFile: shop.lockFile };
    await ensureArtifacts([forked], { source: "build", ...options });
    expect(seen("go.mod.seen")).to.contain("\nreplace example.org/x => example.org/fork v1.2.3\n");
    expect(seen("go.sum.seen")).to.equal("example.org/fork v1.2.3 h1:abc=\n");
  });

  it("get the files that their module embeds and lacks, in a copy of it", async () => {
    await shop.file("go.mod", "module example.org/tool/v2\n", 0o444);
    await mkdir(path.join(shop.folder, "module-cache"));
    await rename(path.join(shop.folder, "go.mod"), path.join(shop.folder, "module-cache/go.mod"));
    await chmod(path.join(shop.folder, "module-cache"), 0o555);
    const kept = `gunzip < completed/ui/index.html.gz > "$(dirname "$0")/page"; cp completed/go.mod completed/ui/plain "$(dirname "$0")"; ${good}`;
    const go = fakeGo("go1.26.8", kept).replace(
      "case $1 in",
      `case $1 in\nmod) echo '{"Dir":"${shop.folder}/module-cache","GoMod":"-"}' ;;`,
    );
    const { build: asIs } = tool;
    if (asIs.kind !== "go") throw new Error("the tool is built by Go");
    const files = { "ui/index.html.gz": "<p>No pages.", "ui/plain": "plain\n" };
    const lacking = wantTool({
      ...tool,
      build: { ...asIs, stubs: { module: "example.org/tool/v2 v{version}", files } },
    });
    const options = { go: await shop.file("go", go, 0o755), cache: shop.cache, lockFile: shop.lockFile };
    await ensureArtifacts([lacking], { source: "build", ...options });
    expect(seen("go.mod.seen")).to.contain("\nreplace example.org/tool/v2 v2.1.0 => ./completed\n");
    expect([seen("page"), seen("plain"), seen("go.mod")]).to.deep.equal([
      "<p>No pages.",
      "plain\n",
      "module example.org/tool/v2\n",
    ]);
  });

  it("ignore replace lines that name a folder", () => {
    const goMod = `module example.org/tool
// replace example.org/no => example.org/comment v1.0.0
replace example.org/a => example.org/fork v1.2.3 // why
replace (
	example.org/b v1.0.0 => example.org/b v1.1.0
	example.org/c => ./c
)`;
    expect(replacesOf(goMod)).to.deep.equal([
      "example.org/a => example.org/fork v1.2.3",
      "example.org/b v1.0.0 => example.org/b v1.1.0",
    ]);
  });

  it("replace only modules that are required at exactly that version", () => {
    const goMod = `module k8s.io/kubernetes
require k8s.io/one v0.0.0
require (
	k8s.io/api v0.0.0
	k8s.io/client-go v0.0.0 // indirect
	k8s.io/utils v0.0.0-20260210185600-b8788abfbbc2
	go.etcd.io/etcd v3.7.0
)
replace (
	k8s.io/api => ./staging/src/k8s.io/api
)`;
    expect(requiredAt(goMod, "v0.0.0")).to.deep.equal(["k8s.io/one", "k8s.io/api", "k8s.io/client-go"]);
  });
});
