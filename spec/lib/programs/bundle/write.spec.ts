import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { cacheAt, lookUp } from "#engine/cache/cache.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { want } from "#artifacts/catalogue/wanted.ts";
import { writeBundle } from "#programs/bundle/write.ts";
import type { Recipe } from "#artifacts/images/recipe.ts";
import { failure, program, tool } from "../../artifacts/helpers.ts";
import { makeFixture, recipeWith, type Fixture } from "../../artifacts/images/fixture.ts";

describe("a bundle", () => {
  let fixture: Fixture;
  let recipe: Recipe;
  beforeEach(async () => {
    fixture = await makeFixture();
    await fixture.artifact("tool@1.0.0", program("the tool"));
    await fixture.artifact("toolctl@1.0.0", program("its client"));
    await fixture.artifact("root@13", "a tar of Debian");
    const conf = path.join(fixture.folder, "tool.conf");
    writeFileSync(conf, "setting = 1\n");
    recipe = { ...recipeWith(conf), base: "root@13/amd64", tags: ["v1", "v2"] };
  });
  afterEach(() => fixture.remove());
  const artifacts = ["tool@1.0.0/amd64", "toolctl@1.0.0/amd64", "root@13/amd64"];
  const at = (name: string): string => path.join(fixture.folder, name);
  const unpacked = (file: string): string => {
    mkdirSync(at("out"));
    execFileSync("tar", ["-xf", file, "-C", at("out")]);
    return at("out/bundle");
  };

  it("contains the artifacts under the names that artifact_source directory expects, and their digests", async () => {
    await writeBundle({ artifacts, images: { recipes: [recipe] } }, at("bundle.tar"));
    const folder = unpacked(at("bundle.tar"));
    expect(readdirSync(folder)).to.have.members([
      "SHA256SUMS",
      "images",
      "root-13-linux-amd64",
      "tool-1.0.0-linux-amd64",
      "toolctl-1.0.0-linux-amd64",
    ]);
    expect(execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: folder }).toString()).to.equal("");
  });
  it("contains the images as an OCI layout, under all their names", async () => {
    await writeBundle({ artifacts, images: { recipes: [recipe] } }, at("bundle.tar"));
    const folder = path.join(unpacked(at("bundle.tar")), "images");
    const { manifests } = JSON.parse(readFileSync(path.join(folder, "index.json"), "utf8")) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(manifests.map(({ annotations }) => Object.values(annotations)[0])).to.deep.equal([
      "registry.example/tools/tool:v1",
      "registry.example/tools/tool:v2",
    ]);
    for (const { digest } of manifests)
      expect(existsSync(path.join(folder, "blobs", digest.replace(":", "/")))).to.equal(true);
  });
  it("contains one image per name, with all architectures", async () => {
    for (const ref of ["tool@1.0.0", "toolctl@1.0.0", "root@13"]) await fixture.artifact(ref, "the other", "arm64");
    const files = { "/tool": { artifact: "tool@1.0.0/arm64" } };
    const other: Recipe = { ...recipe, architecture: "arm64", base: "root@13/arm64", files };
    await writeBundle({ artifacts: [], images: { recipes: [recipe, other] } }, at("bundle.tar"));
    const folder = path.join(unpacked(at("bundle.tar")), "images");
    interface Manifests {
      readonly manifests: readonly { readonly digest: string; readonly platform?: { readonly architecture: string } }[];
    }
    const read = (name: string): Manifests => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Manifests;
    const [v1, v2, ...more] = read("index.json").manifests;
    expect([v2?.digest, ...more]).to.deep.equal([v1?.digest]);
    const { manifests } = read(path.join("blobs", v1?.digest.replace(":", "/") ?? ""));
    expect(manifests.map(({ platform }) => platform?.architecture)).to.deep.equal(["amd64", "arm64"]);
  });
  it("has the same bytes again, regardless of when its parts were made", async () => {
    await writeBundle({ artifacts, images: { recipes: [recipe] } }, at("one.tar"));
    // As in a cache that was filled at another time.
    const objects = at("cache/kubeplay/objects");
    for (const name of readdirSync(objects)) utimesSync(path.join(objects, name), 1, 1);
    await writeBundle({ artifacts, images: { recipes: [recipe] } }, at("two.tar"));
    expect(readFileSync(at("one.tar")).equals(readFileSync(at("two.tar")))).to.equal(true);
  });
  it("works unpacked as artifact_source directory, which refuses changed files", async () => {
    await writeBundle({ artifacts, images: { recipes: [] } }, at("bundle.tar"));
    const directory = unpacked(at("bundle.tar"));
    const cache = cacheAt(at("other"));
    const wanted = want(tool, { tool_version: "1.0.0" }, "amd64");
    const options = { source: "directory", directory, cache, lockFile: at("pins.json") } as const;
    await ensureArtifacts([wanted], options);
    expect(await lookUp(cache, "toolctl@1.0.0-linux-amd64", true)).to.include({ source: "directory", size: 30 });
    writeFileSync(path.join(directory, "tool-1.0.0-linux-amd64"), "another tool");
    const again = ensureArtifacts([wanted], { ...options, cache: cacheAt(at("third")) });
    expect(await again.catch(String)).to.match(/tool-1\.0\.0-linux-amd64: has sha256 \w+, but \S+SHA256SUMS says/);
  });
  it("is not written if an artifact is missing, and the error says how to get it", async () => {
    const made = writeBundle(
      { artifacts: [...artifacts, "more@1.0.0/amd64"], images: { recipes: [] } },
      at("bundle.tar"),
    );
    expect(await made.catch(String)).to.contain("the artifact cache lacks more@1.0.0/amd64: run npm run play");
    expect(readdirSync(fixture.folder)).not.to.include("bundle.tar").and.not.to.include("bundle.tar.part");
  });
  it("is not written after an interrupt, which ends the crane that pulls, and leaves nothing", async () => {
    await fixture.artifact("crane@1", `#!/bin/sh\necho $$ > ${at("pid")}\nexec sleep 60\n`);
    const official = [{ host: "registry.example", repository: "tools/tool", tag: "1" }];
    const interrupt = new AbortController();
    const written = writeBundle(
      { artifacts, images: { official }, crane: "crane@1/amd64", signal: interrupt.signal },
      at("bundle.tar"),
    );
    while (!existsSync(at("pid")) || readFileSync(at("pid"), "utf8") === "") await sleep(10);
    interrupt.abort(new Error("interrupted"));
    expect(await failure(written)).to.equal("interrupted");
    expect(() => process.kill(Number(readFileSync(at("pid"), "utf8")), 0)).to.throw("ESRCH");
    expect(readdirSync(at("cache/kubeplay/work"))).to.deep.equal([]);
    expect(readdirSync(fixture.folder)).not.to.include("bundle.tar").and.not.to.include("bundle.tar.part");
  });
});
