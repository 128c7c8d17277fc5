import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { TaskError } from "#engine/errors.ts";
import { keyPathOf, makePrivate, writePrivate, writePublic } from "#engine/pki/files.ts";
import { temporaryFolder } from "../temporary.ts";

const modeOf = (file: string): number => statSync(file).mode & 0o777;
const failure = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("files of certificates and keys", () => {
  const folder = temporaryFolder();

  it("a key, and every folder made for it, is accessible only to its owner from the start", async () => {
    const file = path.join(folder, "new", "deep", "a.key");
    await writePrivate(file, "secret");
    expect(modeOf(file)).to.equal(0o600);
    expect(modeOf(path.dirname(file))).to.equal(0o700);
    expect(modeOf(path.dirname(path.dirname(file)))).to.equal(0o700);
  });

  it("a certificate is readable for everyone", async () => {
    const file = path.join(folder, "a.crt");
    const mask = process.umask(0o077);
    await writePublic(file, "public").finally(() => process.umask(mask));
    expect(modeOf(file)).to.equal(0o644);
    expect(keyPathOf(file)).to.equal(path.join(folder, "a.key"));
    expect(keyPathOf("/x/a.b")).to.equal("/x/a.b.key");
  });

  it("a key that everyone can read is replaced by one that only its owner can", async () => {
    const file = path.join(folder, "open.key");
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    await writePrivate(file, "new");
    expect(modeOf(file)).to.equal(0o600);
    chmodSync(file, 0o666);
    await makePrivate(file);
    expect(modeOf(file)).to.equal(0o600);
  });

  it("a failed write leaves the old file and no temporary one, and its error does not show the content", async () => {
    const file = path.join(folder, "taken", "x.key");
    mkdirSync(path.join(file, "in the way"), { recursive: true });
    const error = await failure(writePrivate(file, "secret"));
    expect(error).to.be.instanceOf(TaskError);
    expect(String(error)).to.contain(`${file} could not be written`).and.not.to.contain("secret");
    expect(readdirSync(path.dirname(file))).to.deep.equal(["x.key"]);

    const below = path.join(folder, "a.crt", "b.key");
    expect(await failure(writePrivate(below, "secret"))).to.be.instanceOf(TaskError);
    expect(readFileSync(path.join(folder, "a.crt"), "utf8")).to.equal("public");
    expect(await failure(makePrivate(below))).to.be.instanceOf(TaskError);
    expect(existsSync(below)).to.equal(false);
  });
});
