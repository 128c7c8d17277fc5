import { expect } from "chai";
import {
  encryptionAfter,
  encryptionInWords,
  firstEncryption,
  isEncryptedAs,
  keysOf,
  parseEncryption,
  preparedEncryption,
  renderEncryption,
  withoutSecrets,
  type EncryptionConfig,
  type EncryptionKey,
  type Wanted,
} from "#cluster/encryption/config.ts";

const key = (name: string, provider: EncryptionKey["provider"] = "secretbox"): EncryptionKey => ({
  ...{ provider, name },
  secret: Buffer.alloc(32, name).toString("base64"),
});
const [a, b] = [key("key-1"), key("key-2", "aesgcm")];
const secrets = (of: EncryptionKey): Wanted => ({ resources: ["secrets"], key: of });
const inWords = (config: EncryptionConfig): string => encryptionInWords(config);

describe("the configuration of encryption at rest", () => {
  it("encrypts from the beginning where there is nothing yet, and else only learns to read", () => {
    expect(inWords(firstEncryption(secrets(a)))).to.equal("secrets: key-1 (secretbox), identity");
    expect(inWords(preparedEncryption(secrets(a)))).to.equal("secrets: identity, key-1 (secretbox)");
  });

  it("is the file that kube-apiserver reads, and is read as it was written", () => {
    const config = encryptionAfter(
      "add",
      firstEncryption({ resources: ["secrets", "configmaps"], key: a }),
      secrets(b),
    );
    const text = renderEncryption(config);
    expect(text).to.contain("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n");
    expect(parseEncryption(text)).to.deep.equal(config);
    expect(parseEncryption(text.replaceAll(/^ *secret: .*\n/gm, ""))).to.deep.equal(withoutSecrets(config));
    expect(JSON.stringify([...withoutSecrets(config)])).not.to.contain(a.secret);
  });

  for (const [what, text] of [
    ["another kind", "apiVersion: v1\nkind: Secret\n"],
    ["no YAML", "a: [b"],
    [
      "a provider that kubeplay does not know",
      renderEncryption(firstEncryption(secrets(a))).replace("secretbox", "kms"),
    ],
    ["a resource that it does not know", renderEncryption(firstEncryption(secrets(a))).replace("- secrets", "- pods")],
    ["a resource without readers", renderEncryption(new Map([["secrets", []]]))],
  ] as const)
    it(`is not read from ${what}`, () => expect(parseEncryption(text)).to.equal(undefined));

  /** All steps, each also made twice. */
  const steps = (from: EncryptionConfig, wanted: Wanted): readonly string[] => {
    let config = from;
    return (["add", "first", "remove"] as const).map((step) => {
      config = encryptionAfter(step, config, wanted);
      expect(inWords(encryptionAfter(step, config, wanted)), `${step} twice`).to.equal(inWords(config));
      return inWords(config);
    });
  };

  it("comes to another key in steps, in each of which all servers read what any of them writes", () => {
    expect(steps(firstEncryption(secrets(a)), secrets(b))).to.deep.equal([
      "secrets: key-1 (secretbox), identity, key-2 (aesgcm)",
      "secrets: key-2 (aesgcm), key-1 (secretbox), identity",
      "secrets: key-2 (aesgcm), identity",
    ]);
  });

  it("encrypts a cluster that was made without, and more resources, in the same steps", () => {
    expect(steps(preparedEncryption(secrets(a)), { resources: ["secrets", "configmaps"], key: a })).to.deep.equal([
      "secrets: identity, key-1 (secretbox); configmaps: identity, key-1 (secretbox)",
      "secrets: key-1 (secretbox), identity; configmaps: key-1 (secretbox), identity",
      "secrets: key-1 (secretbox), identity; configmaps: key-1 (secretbox), identity",
    ]);
  });

  it("leads back to what is not encrypted, and is never empty", () => {
    const both = firstEncryption({ resources: ["secrets", "configmaps"], key: a });
    expect(steps(both, { resources: ["secrets"], key: a }).at(-1)).to.equal("secrets: key-1 (secretbox), identity");
    expect(steps(both, { resources: [], key: a })).to.deep.equal([
      "secrets: key-1 (secretbox), identity; configmaps: key-1 (secretbox), identity",
      "secrets: identity, key-1 (secretbox); configmaps: identity, key-1 (secretbox)",
      "secrets: identity",
    ]);
  });

  it("is done once nothing is left to change, and names its newest key last", () => {
    const underWay = encryptionAfter("first", firstEncryption(secrets(a)), secrets(b));
    expect(isEncryptedAs(underWay, secrets(b))).to.equal(false);
    expect(isEncryptedAs(encryptionAfter("remove", underWay, secrets(b)), secrets(b))).to.equal(true);
    expect(keysOf(underWay).map(({ name }) => name)).to.deep.equal(["key-1", "key-2"]);
  });
});
