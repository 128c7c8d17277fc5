import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { encrypted } from "#cluster/backup/encryption.ts";
import { nodeStream } from "#cluster/backup/streams.ts";
import {
  encryptionInWords,
  firstEncryption,
  parseEncryption,
  renderEncryption,
  type EncryptionStep,
} from "#cluster/encryption/config.ts";
import { encryptionFile, retiredKeys } from "#cluster/encryption/file.ts";
import { plainSnapshot } from "#roles/restore/controller.ts";
import { addKeys, addRetiredKeys } from "#roles/restore/encryption-keys.ts";
import { failureOf, keep, keepAll } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

const by = (name: string): string =>
  renderEncryption(
    firstEncryption({
      resources: ["secrets"],
      key: { provider: "secretbox", name, secret: Buffer.alloc(32, name).toString("base64") },
    }),
  );

describe("the keys of encryption in a backup", () => {
  const root = temporaryFolder();
  const home = process.cwd();
  const file = ".kubeplay/prod/pki/encryption.yaml";
  before(() => process.chdir(root));
  after(() => process.chdir(home));
  beforeEach(() => {
    rmSync(".kubeplay", { recursive: true, force: true });
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(".kubeplay/prod/pki/kubernetes-ca.key", "a key");
  });

  /** Restores a backup that was made while this was the controller's file, and then the controller has another one. */
  async function restored(then: string | undefined, now: string | undefined): Promise<string | undefined> {
    rmSync(file, { force: true });
    if (then !== undefined) writeFileSync(file, then);
    const archive = new Blob([execFileSync("tar", ["-czf", "-", ".kubeplay/prod"])]).stream();
    rmSync(file, { force: true });
    if (now !== undefined) writeFileSync(file, now, { mode: 0o600 });
    await addKeys(archive, { cluster: "prod", file, folder: "restore/keys" });
    expect(existsSync("restore/keys")).to.equal(false);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }
  const inWords = (text = ""): string => encryptionInWords(parseEncryption(text) ?? new Map());

  it("come behind those of now, so that API servers read the snapshot's Secrets", async () => {
    const both = await restored(by("key-1-a"), by("key-2-b"));
    expect(inWords(both)).to.equal("secrets: key-2-b (secretbox), identity, key-1-a (secretbox)");
    expect(both).to.contain(Buffer.alloc(32, "key-1-a").toString("base64"));
    expect(statSync(file).mode & 0o777).to.equal(0o600);
  });

  it("are those that rotations have removed, for a master's own snapshot", async () => {
    const task = (step: EncryptionStep) =>
      encryptionFile("Keep them", {
        ...{ path: path.resolve(file), authority: path.resolve("none"), resources: ["secrets"], provider: "secretbox" },
        ...{ step, rotate: true },
      });
    writeFileSync(file, by("key-1-a"), { mode: 0o600 });
    for (let round = 0; round < 2; round++)
      await keepAll((["add", "first", "remove"] as const).map((step) => task(step)));
    const now = inWords(readFileSync(file, "utf8"));
    expect(now).to.match(/^secrets: key-3-\w+ \(secretbox\), identity$/);
    await addRetiredKeys(file);
    const both = inWords(readFileSync(file, "utf8"));
    expect(both.startsWith(`${now}, `), both).to.equal(true);
    expect(both)
      .to.match(/, key-1-a /)
      .and.match(/, key-2-/);
    expect(statSync(retiredKeys(file)).mode & 0o777).to.equal(0o600);
    rmSync(retiredKeys(file));
    await addRetiredKeys(file);
  });

  it("change nothing if they are those of now, or if the backup has none", async () => {
    expect(await restored(by("key-2-b"), `# as it is\n${by("key-2-b")}`)).to.match(/^# as it is/);
    expect(await restored(undefined, by("key-2-b"))).to.equal(by("key-2-b"));
    expect(await restored(undefined, undefined)).to.equal(undefined);
  });

  it("only read if the controller has none", async () => {
    expect(inWords(await restored(by("key-1-a"), undefined))).to.equal("secrets: identity, key-1-a (secretbox)");
  });

  it("do not replace a file that cannot be read", async () => {
    expect(await failureOf(restored(by("key-1-a"), "resources: ["))).to.contain("is no configuration");
    expect(readFileSync(file, "utf8")).to.equal("resources: [");
  });

  it("come with the snapshot of a backup, not with one that a master's timer has made", async () => {
    writeFileSync(file, by("key-1-a"));
    const identity = await generateIdentity();
    const sealed = async (plain: Buffer): Promise<Buffer> => {
      const readers = { recipients: [await identityToRecipient(identity)] };
      return Buffer.concat(await nodeStream(await encrypted(new Blob([plain]).stream(), readers)).toArray());
    };
    const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    const content = Buffer.from("etcd");
    const parts = {
      "etcd.db.age": await sealed(content),
      "controller.tar.gz.age": await sealed(execFileSync("tar", ["-czf", "-", ".kubeplay/prod"])),
    };
    mkdirSync("backup");
    writeFileSync("backup/key", identity);
    for (const [name, bytes] of Object.entries(parts)) writeFileSync(`backup/${name}`, bytes);
    const files = Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, digest(bytes)]));
    const snapshot = { size: content.length, sha256: digest(content), revision: 1, keys: 1 };
    writeFileSync("backup/backup.json", JSON.stringify({ cluster: "prod", made: "2026-11-30", files, snapshot }));
    const pages = Buffer.alloc(64);
    writeFileSync("prod-20261130T124011Z.db", Buffer.concat([pages, createHash("sha256").update(pages).digest()]));
    writeFileSync(file, by("key-2-b"));
    const restore = (backup: string) =>
      keep(plainSnapshot("t", { cluster: "prod", backup, identityFile: "backup/key" }));
    await restore("prod-20261130T124011Z.db");
    expect(readFileSync(file, "utf8")).to.equal(by("key-2-b"));
    expect((await restore("backup")).outcome).to.equal("changed");
    expect(inWords(readFileSync(file, "utf8"))).to.contain("key-1-a");
    expect((await restore("backup")).outcome).to.equal("ok");
  });
});
