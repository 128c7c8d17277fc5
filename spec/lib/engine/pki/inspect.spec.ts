import { expect } from "chai";
import { inspect, inspectAll } from "#engine/pki/inspect.ts";
import { describeKey, parseKey } from "#engine/pki/key.ts";
import { verifyPair } from "#engine/pki/verify.ts";
import { authority, by, issued } from "./issued.ts";
import { openssl } from "./openssl.ts";

describe("reading a certificate", () => {
  it("returns the content of a certificate made by openssl", () => {
    const subject = ["-subj", "/C=DE/O=one/O=two/CN=somebody else's", "-days", "30"];
    const extra = [
      "subjectAltName=DNS:a.example,IP:fd00::1,email:x@a.example",
      "extendedKeyUsage=serverAuth,codeSigning",
      "keyUsage=critical,digitalSignature,keyAgreement",
    ].flatMap((extension) => ["-addext", extension]);
    const both = openssl(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "-", ...subject, ...extra]);
    const certificate = inspect(both);
    expect(certificate).to.deep.include({
      commonName: "somebody else's",
      organizations: ["one", "two"],
      dns: ["a.example"],
      ips: ["fd00::1"],
      algorithm: "rsa-2048",
      selfSigned: true,
      usages: { key: ["digital signature", "key agreement"], extended: ["server auth", "1.3.6.1.5.5.7.3.3"] },
    });
    expect(certificate.fingerprint).to.equal(
      /=(.*)/
        .exec(openssl(["x509", "-noout", "-fingerprint", "-sha256"], both))![1]!
        .replaceAll(":", "")
        .toLowerCase(),
    );
    expect(certificate.authorityKeyId)
      .to.equal(certificate.subjectKeyId)
      .and.to.match(/^[0-9a-f]{40}$/);
    expect(
      verifyPair(certificate, describeKey(parseKey(/-----BEGIN PRIV[^]*PRIVATE KEY-----/.exec(both)![0]))),
    ).to.equal(true);
  });

  it("finds each certificate of a bundle, with any text between them", async () => {
    const ca = await authority("ca");
    const leaf = await issued("leaf", by(ca));
    const bundle = `subject=leaf\r\n${leaf.pem.replaceAll("\n", "\r\n")}\n# a comment\n${ca.pem}`;
    expect(inspectAll(bundle).map(({ commonName }) => commonName)).to.deep.equal(["leaf", "ca"]);
    expect(inspect(bundle).issuer.commonName).to.equal("ca");
    expect(inspect(bundle).authorityKeyId).to.equal(ca.certificate.subjectKeyId);
  });

  it("says why a text is not a certificate", async () => {
    const { pem, keyPem } = await issued("x");
    expect(() => inspect("")).to.throw("the file is empty");
    expect(() => inspect("\n")).to.throw("the file is empty");
    expect(() => inspect(keyPem)).to.throw(/^not a certificate in PEM$/);
    expect(() => inspect(pem.slice(0, 200))).to.throw("not a certificate in PEM");
    const lines = pem.split("\n");
    expect(() => inspect([...lines.slice(0, 2), ...lines.slice(3)].join("\n"))).to.throw("damaged");
    expect(() => inspect("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----")).to.throw("damaged");
  });

  it("survives any single wrong byte: it returns a certificate or throws the same error", async () => {
    const { pem } = await issued("x", { dns: ["a"], ips: ["::1"] });
    const der = Buffer.from(pem.replace(/-----.*-----/g, ""), "base64");
    for (let index = 0; index < der.length; index++) {
      const broken = Buffer.from(der);
      broken[index] = broken[index]! ^ 0x15;
      const text = `-----BEGIN CERTIFICATE-----\n${broken.toString("base64")}\n-----END CERTIFICATE-----\n`;
      try {
        inspect(text);
      } catch (error) {
        expect(String(error)).to.equal("Error: the certificate is damaged: its content cannot be decoded");
      }
    }
  });
});
