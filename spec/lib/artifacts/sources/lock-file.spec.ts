import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { readLock } from "#artifacts/sources/lock-file.ts";
import { addPins as addBoth } from "#artifacts/sources/pins.ts";
import { failure, makeWorkshop, sha256, type Workshop } from "../helpers.ts";

describe("a lock file", () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await makeWorkshop();
  });
  afterEach(() => shop.remove());
  const addPins = (file: string, artifacts: Record<string, string>) => addBoth(file, { artifacts, downloads: {} });
  const seen = async () => (await readLock(shop.ownLockFile)).artifacts;

  it("is sorted, regardless of the order of additions", async () => {
    await addPins(shop.lockFile, { "b@1/amd64/upstream": sha256("b") });
    await addPins(shop.lockFile, { "c@1/amd64/upstream": sha256("c"), "a@1/amd64/upstream": sha256("a") });
    expect(Object.keys(await seen())).to.deep.equal(["a@1/amd64/upstream", "b@1/amd64/upstream", "c@1/amd64/upstream"]);
  });

  it("is not written if nothing is new", async () => {
    const text = `{"lockVersion":1,"artifacts":{"a@1/amd64/upstream":"${sha256("a")}"}}`;
    await shop.file("artifacts.lock.json", text);
    await addPins(shop.lockFile, { "a@1/amd64/upstream": sha256("a") });
    expect(readFileSync(shop.lockFile, "utf8")).to.equal(text);
    expect(existsSync(shop.ownLockFile)).to.equal(false);
  });

  it("keeps a pin if another digest is offered", async () => {
    await addPins(shop.lockFile, { "a@1/amd64/upstream": sha256("a") });
    await failure(addPins(shop.lockFile, { "a@1/amd64/upstream": sha256("other") }));
    expect(await seen()).to.deep.equal({ "a@1/amd64/upstream": sha256("a") });
  });

  it("is refused with file and key if a value is not a digest", async () => {
    await shop.file("artifacts.lock.json", '{"lockVersion":1,"artifacts":{"a@1/amd64/upstream":"latest"}}');
    expect(await failure(readLock(shop.lockFile))).to.equal(
      `${shop.lockFile}: "a@1/amd64/upstream": expected a sha256 (64 lower-case hex digits), got "latest"`,
    );
  });

  it("is refused with its name if it is not JSON", async () => {
    await shop.file("artifacts.lock.json", "<<<<<<< HEAD");
    expect(await failure(readLock(shop.lockFile))).to.contain(`${shop.lockFile}: is not JSON`);
  });
});
