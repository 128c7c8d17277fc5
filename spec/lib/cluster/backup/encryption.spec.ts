import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { checkReaders, decrypted, encrypted, type Keys, type Readers } from "#cluster/backup/encryption.ts";

const text = "all keys of the cluster";
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => new Blob([Uint8Array.from(bytes)]).stream();
const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Buffer> =>
  Buffer.from(await new Response(stream as never).arrayBuffer());
const seal = async (readers: Readers): Promise<Buffer> =>
  bytesOf(await encrypted(streamOf(Buffer.from(text)), readers));
const open = async (cipher: Uint8Array, keys: Keys): Promise<string> =>
  (await bytesOf(await decrypted(streamOf(cipher), keys))).toString();
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no failure",
    (error: unknown) => String(error),
  );

// spec/life tries the passphrase: age makes that slow on purpose.
describe("the encryption of backups", () => {
  it("is read with the private key of a recipient, from a file as age-keygen writes it", async () => {
    const identity = await generateX25519Identity();
    const cipher = await seal({ recipients: [await identityToRecipient(identity)] });
    expect(cipher.toString("latin1"))
      .to.match(/^age-encryption.org\/v1\n/)
      .and.not.contain(text);
    expect(await open(cipher, { identities: `# created: today\n# public key: age1…\n${identity}\n` })).to.equal(text);
    expect(await failureOf(open(cipher, { identities: await generateX25519Identity() }))).to.contain("no identity");
  });

  it("is never left out, and has one kind of key", () => {
    expect(() => checkReaders({ recipients: [] })).to.throw("set backup_recipients");
    expect(() => checkReaders({ recipients: ["age1x"], passphrase: "correct-horse" })).to.throw("are both set");
    expect(() => checkReaders({ recipients: ["ssh-ed25519 AAAA"] })).to.throw("is not an age public key");
    checkReaders({ recipients: [], passphrase: "correct-horse" });
  });
});
