import { expect } from "chai";
import { decrypted, encrypted } from "#cluster/backup/encryption.ts";

const text = "all keys of the cluster";
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => new Blob([Uint8Array.from(bytes)]).stream();
const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Buffer> =>
  Buffer.from(await new Response(stream as never).arrayBuffer());

// Each try of a passphrase takes seconds: age makes them slow on purpose.
describe("a backup with a passphrase", () => {
  it("is read with the passphrase, and not with another one", async () => {
    const passphrase = "correct-horse-battery";
    const cipher = await bytesOf(await encrypted(streamOf(Buffer.from(text)), { recipients: [], passphrase }));
    expect((await bytesOf(await decrypted(streamOf(cipher), { passphrase }))).toString()).to.equal(text);
    const other = await decrypted(streamOf(cipher), { passphrase: "correct-horse-batterie" }).then(
      bytesOf,
      (error: unknown) => error,
    );
    expect(other).to.be.an("error");
  });
});
