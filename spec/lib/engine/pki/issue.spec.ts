import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { algorithms } from "#engine/pki/algorithm.ts";
import { newKey } from "#engine/pki/key.ts";
import { temporaryFolder } from "../temporary.ts";
import { authority, by, issued, type Issued } from "./issued.ts";
import { openssl } from "./openssl.ts";

const minute = 60 * 1000;
const day = 24 * 60 * minute;

describe("issuing a certificate", () => {
  const folder = temporaryFolder();
  const saved = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const text = ({ pem }: Issued): string => openssl(["x509", "-noout", "-text"], pem).replace(/ +/g, " ");

  for (const algorithm of algorithms)
    it(`${algorithm}: openssl verifies the chain from a leaf over an intermediate to the root`, async function () {
      this.timeout(600_000);
      const [rootKey, leafKey] = await Promise.all([newKey(algorithm), newKey(algorithm)]);
      const root = await authority("root", { key: rootKey });
      const middle = await authority("middle", by(root));
      const sans = { dns: ["api.example", "*.pods.example"], ips: ["10.96.0.1", "::1", "2001:db8::10"] };
      const leaf = await issued("leaf", { key: leafKey, profile: "peer", ...sans, ...by(middle) });

      const chain = ["-CAfile", saved("root", root.pem), "-untrusted", saved("middle", middle.pem)];
      for (const purpose of ["sslserver", "sslclient"])
        expect(openssl(["verify", "-x509_strict", "-purpose", purpose, ...chain, saved("leaf", leaf.pem)])).to.match(
          /OK\s*$/,
        );
      expect(openssl(["pkey", "-check", "-noout"], leaf.keyPem)).to.contain("Key is valid");
      expect(text(leaf)).to.contain(
        "DNS:api.example, DNS:*.pods.example, IP Address:10.96.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:10",
      );
      expect(leaf.certificate).to.include({ algorithm, commonName: "leaf", isCa: false, selfSigned: false });
      expect(leaf.certificate).to.deep.include(sans);
    });

  it("each profile has its usages, and only RSA keys may encipher", async () => {
    const ca = await authority("ca");
    expect(text(ca)).to.match(/Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign/);
    expect(text(ca)).to.match(/Basic Constraints: critical\s+CA:TRUE\n/);
    expect(text(await authority("intermediate", by(ca)))).to.contain("CA:TRUE, pathlen:0");
    const usages = async (options: Parameters<typeof issued>[1]) =>
      / Extended Key Usage: \n (.*)\n/.exec(text(await issued("x", { ...by(ca), ...options })))?.[1];
    expect(await usages({ profile: "server" })).to.equal("TLS Web Server Authentication");
    expect(await usages({ profile: "client" })).to.equal("TLS Web Client Authentication");
    expect(await usages({ profile: "peer" })).to.equal("TLS Web Server Authentication, TLS Web Client Authentication");
    expect(text(await issued("x", { algorithm: "rsa-2048", ...by(ca) }))).to.match(
      /Key Usage: critical\s+Digital Signature, Key Encipherment\n/,
    );
    expect(text(await issued("x", by(ca)))).to.match(/Key Usage: critical\s+Digital Signature\n/);
  });

  it("the subject can contain organizations and letters of every language", async () => {
    const { certificate, pem } = await issued("Jürgen 🦀", { organizations: ["system:masters", "二"] });
    expect(certificate).to.deep.include({ commonName: "Jürgen 🦀", organizations: ["system:masters", "二"] });
    expect(openssl(["x509", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus"], pem)).to.contain(
      "O=system:masters,O=二,CN=Jürgen 🦀",
    );
  });

  it("a host with a clock five minutes behind accepts it, and no leaf outlives its CA", async () => {
    const now = new Date("2030-01-01T00:00:00Z");
    const ca = await authority("ca", { days: 100, now });
    const long = await issued("long", { days: 365, now, ...by(ca) });
    const short = await issued("short", { days: 10, now, ...by(ca) });
    expect(long.certificate.notBefore.getTime()).to.equal(now.getTime() - 5 * minute);
    expect(long.certificate.notAfter).to.deep.equal(ca.certificate.notAfter);
    expect(short.certificate.notAfter.getTime()).to.equal(now.getTime() + 10 * day);
  });

  it("a date from 2050 on has the longer format", async () => {
    const { pem, certificate } = await authority("long-lived", { days: 20_000 });
    expect(certificate.notAfter.getUTCFullYear()).to.be.greaterThan(2078);
    expect(openssl(["x509", "-noout", "-enddate"], pem)).to.contain(String(certificate.notAfter.getUTCFullYear()));
  });

  it("serial numbers are positive, have 128 bits, and differ", async () => {
    const ca = await authority("ca");
    const serials = await Promise.all(Array.from({ length: 50 }, () => issued("x", { key: ca.key, ...by(ca) })));
    const numbers = serials.map(({ certificate }) => certificate.serial);
    expect(new Set(numbers).size).to.equal(50);
    for (const number of numbers) expect(number).to.match(/^[4-7][0-9a-f]{31}$/);
  });

  it("an issuer that is not a CA, or has the key of another CA, is refused", async () => {
    const [ca, other] = await Promise.all([authority("ca"), authority("other")]);
    const leaf = await issued("leaf", by(ca));
    const refused = async (signer: Issued): Promise<string> =>
      issued("x", by(signer)).then(
        () => "was issued",
        (error: unknown) => String(error),
      );
    expect(await refused(leaf)).to.contain("CN=leaf is not a CA");
    expect(await refused({ ...ca, key: other.key })).to.contain("The key does not belong to the CA CN=ca");
  });
});
