import { readFileSync } from "node:fs";
import { expect } from "chai";
import { lookUp, objectFile } from "#engine/cache/cache.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { refName } from "#artifacts/catalogue/wanted.ts";
import { expectNothing, failure, makeWorkshop, program, sha256, wantTool, type Workshop } from "../helpers.ts";

describe("artifacts from a directory", () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await makeWorkshop();
    await shop.file("tool-2.1.0-linux-amd64", program("the tool"));
    await shop.file("toolctl", program("its client"));
  });
  afterEach(() => shop.remove());

  const copy = (directory = shop.folder): Promise<void> =>
    ensureArtifacts([wantTool()], { source: "directory", directory, cache: shop.cache, lockFile: shop.lockFile });
  const sums = (tool: string): string =>
    `${sha256(tool)}  tool-2.1.0-linux-amd64\n${sha256(program("its client"))}  toolctl\n`;

  it("are copied if they match SHA256SUMS", async () => {
    await shop.file("SHA256SUMS", sums(program("the tool")));
    await copy();
    const ref = await lookUp(shop.cache, refName(wantTool(), "toolctl"), true);
    expect(ref?.source).to.equal("directory");
    expect(readFileSync(objectFile(shop.cache, ref?.sha256 ?? ""), "utf8")).to.equal(program("its client"));
  });

  it("are refused if SHA256SUMS has another digest", async () => {
    await shop.file("SHA256SUMS", sums("another tool"));
    expect(await failure(copy()))
      .to.contain(`has sha256 ${sha256(program("the tool"))}, but`)
      .and.to.contain("Copy it again");
    expectNothing(shop);
  });

  it("are copied if they match the pins of another source", async () => {
    const artifacts = {
      "tool@2.1.0/amd64/upstream": sha256(program("the tool")),
      "toolctl@2.1.0/amd64/build-go1.26.8": sha256(program("its client")),
    };
    await shop.file("artifacts.lock.json", JSON.stringify({ lockVersion: 1, artifacts }));
    await copy();
    expect((await lookUp(shop.cache, refName(wantTool(), "tool")))?.sha256).to.equal(sha256(program("the tool")));
  });

  it("are refused if there is no digest to check them against", async () => {
    expect(await failure(copy())).to.contain("there is no digest to check it against. Put a SHA256SUMS beside it");
    expectNothing(shop);
  });

  it("are named if they are missing", async () => {
    expect(await failure(copy(`${shop.folder}/empty`))).to.contain("neither tool-2.1.0-linux-amd64 nor tool is there");
  });

  it("need artifact_directory", async () => {
    expect(await failure(copy(""))).to.contain("artifact_directory is not set");
  });
});
