import { expect } from "chai";
import { describeKey, newKey, parseKey, privatePem } from "#engine/pki/key.ts";
import { openssl } from "./openssl.ts";

const messageOf = (pem: string): string => {
  try {
    parseKey(pem);
    return "";
  } catch (error) {
    return String(error);
  }
};

describe("private keys", () => {
  it("are written as PKCS#8, which openssl accepts, and are read back as the same key", async () => {
    const key = await newKey("ecdsa-p384");
    const pem = privatePem(key);
    expect(pem).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(openssl(["pkey", "-noout", "-text"], pem)).to.contain("secp384r1");
    expect(describeKey(parseKey(pem))).to.deep.equal(describeKey(key));
    expect(openssl(["pkey", "-pubout"], pem)).to.equal(describeKey(key).publicPem);
  });

  it("of other tools are read too, as SEC1 and PKCS#1, and named by their algorithm", () => {
    const sec1 = openssl(["ecparam", "-name", "prime256v1", "-genkey", "-noout"]);
    expect(sec1).to.contain("BEGIN EC PRIVATE KEY");
    expect(describeKey(parseKey(sec1)).algorithm).to.equal("ecdsa-p256");
    expect(describeKey(parseKey(openssl(["genrsa", "-traditional", "1024"]))).algorithm).to.equal("rsa-1024");
    expect(describeKey(parseKey(openssl(["genpkey", "-algorithm", "ed25519"]))).algorithm).to.equal("ed25519");
  });

  it("that cannot be read are never quoted in the error", async () => {
    const secret = privatePem(await newKey("ecdsa-p256")).split("\n")[1]!;
    expect(messageOf("")).to.contain("the file is empty");
    expect(messageOf(`-----BEGIN PRIVATE KEY-----\n${secret}\n`)).to.equal("Error: not a private key in PEM");
    const locked = openssl(["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:x"]);
    expect(messageOf(locked)).to.contain("encrypted with a passphrase");
  });
});
