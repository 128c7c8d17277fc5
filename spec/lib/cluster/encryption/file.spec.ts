import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { encryptionFile, type EncryptionFileProps } from "#cluster/encryption/file.ts";
import { encryptionInWords, keysOf, parseEncryption, type EncryptionConfig } from "#cluster/encryption/config.ts";
import { failureOf, keepAll } from "../../engine/resources/on-controller.ts";
import { subject } from "../../engine/resources/one-resource.ts";
import { temporaryFolder } from "../../engine/temporary.ts";

describe("the keys of encryption at rest", () => {
  const root = temporaryFolder();
  const [file, authority] = [path.join(root, "pki", "encryption.yaml"), path.join(root, "ca.crt")];
  const task = (props: Partial<EncryptionFileProps> = {}) =>
    encryptionFile("Keep them", {
      ...{ path: file, authority, resources: ["secrets"], provider: "secretbox", step: "keep", rotate: false },
      ...props,
    });
  const config = (): EncryptionConfig => parseEncryption(readFileSync(file, "utf8")) ?? new Map();
  /** With the keys numbered in the order of their age. */
  const inWords = (): string =>
    keysOf(config()).reduce(
      (text, { name }, index) => text.replaceAll(name, `key ${String(index + 1)}`),
      encryptionInWords(config()),
    );
  /** Does it, after a check that must foresee the same, and once more. */
  async function keep(props: Partial<EncryptionFileProps> = {}): Promise<boolean> {
    const [foreseen] = await keepAll([task(props)], true);
    const [done] = await keepAll([task(props)]);
    const [again] = await keepAll([task({ ...props, rotate: false })]);
    expect(foreseen?.outcome).to.equal(done?.outcome);
    expect(again?.outcome).to.equal("ok");
    return done?.outcome === "changed";
  }
  beforeEach(() => rmSync(path.join(root, "pki"), { recursive: true, force: true }));
  const older = (): void => writeFileSync(authority, "a CA");
  afterEach(() => rmSync(authority, { force: true }));

  it("encrypt a new cluster from its beginning; only their owner reads them", async () => {
    expect(await keep()).to.equal(true);
    expect(inWords()).to.equal("secrets: key 1 (secretbox), identity");
    expect(Buffer.from(keysOf(config())[0]?.secret ?? "", "base64")).to.have.length(32);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    chmodSync(file, 0o644);
    expect(await keep()).to.equal(true);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
  });

  it("are only made ready where a cluster is older, which is told", async () => {
    older();
    expect(await keep()).to.equal(true);
    expect(inWords()).to.equal("secrets: identity, key 1 (secretbox)");
    const now = { found: { type: "encryption", config: config(), mode: 0o600 } };
    expect(subject(task()).warnings(now)).to.match(
      /etcd is not encrypted as the variables say .*npm run play encryption/,
    );
  });

  it("are not made without encryption, and stay where they are", async () => {
    expect(await keep({ resources: [] })).to.equal(false);
    expect(existsSync(file)).to.equal(false);
    await keep();
    expect(await keep({ resources: [] })).to.equal(false);
    expect(inWords()).to.equal("secrets: key 1 (secretbox), identity");
  });

  it("come to encrypt an older cluster, and go on where a run was interrupted", async () => {
    older();
    await keep();
    expect(await keep({ step: "add" })).to.equal(false);
    expect(await keep({ step: "first" })).to.equal(true);
    expect(inWords()).to.equal("secrets: key 1 (secretbox), identity");
    expect(await keep({ step: "remove" })).to.equal(false);
  });

  it("are replaced by a new one, of which an interrupted replacement makes no second one", async () => {
    await keep();
    const rotate = { rotate: true };
    expect(await keep({ step: "add", ...rotate })).to.equal(true);
    expect(inWords()).to.equal("secrets: key 1 (secretbox), identity, key 2 (secretbox)");
    expect((await keepAll([task({ step: "add", ...rotate })]))[0]?.outcome).to.equal("ok");
    expect(await keep({ step: "first", ...rotate })).to.equal(true);
    expect((await keepAll([task({ step: "add", ...rotate })]))[0]?.outcome).to.equal("ok");
    expect(await keep({ step: "remove", ...rotate })).to.equal(true);
    expect(inWords()).to.equal("secrets: key 1 (secretbox), identity");
  });

  it("do not go while they write, if a run leaves out the step between", async () => {
    await keep();
    await keep({ step: "add", rotate: true });
    const before = readFileSync(file, "utf8");
    expect(await failureOf(keepAll([task({ step: "remove" })]))).to.contain("encryption-first was left out");
    const both = { resources: ["secrets", "configmaps"] } as const;
    expect(await failureOf(keepAll([task({ step: "first", ...both })]))).to.contain("encryption-add was left out");
    expect(readFileSync(file, "utf8")).to.equal(before);
    await keep({ step: "first" });
    const asked = { step: "remove", "report m-1": true } as const;
    expect(await failureOf(keepAll([task({ ...asked, "report m-2": false })]))).to.contain(
      "what encryption-remove waits for was left out",
    );
    expect(await keep({ ...asked, "report m-2": true })).to.equal(true);
  });

  it("are replaced by one of another provider", async () => {
    await keep();
    for (const step of ["add", "first", "remove"] as const) await keep({ step, provider: "aesgcm" });
    expect(inWords()).to.equal("secrets: key 1 (aesgcm), identity");
  });

  it("are never shown, and never overwritten if they cannot be read", async () => {
    const [made] = await keepAll([task()]);
    const secret = keysOf(config())[0]?.secret ?? "none";
    expect(JSON.stringify(made)).not.to.contain(secret);
    writeFileSync(file, "resources: [");
    expect(await failureOf(keepAll([task()]))).to.match(/encryption\.yaml cannot be used: .*Restore it from a backup/);
    expect(readFileSync(file, "utf8")).to.equal("resources: [");
  });
});
