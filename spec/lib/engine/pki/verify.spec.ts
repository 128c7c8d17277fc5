import { expect } from "chai";
import { describeKey } from "#engine/pki/key.ts";
import { inspect } from "#engine/pki/inspect.ts";
import { issuerFault, verifyPair } from "#engine/pki/verify.ts";
import { authority, by, issued } from "./issued.ts";

describe("verifying certificates", () => {
  it("a pair has the same key", async () => {
    const [one, other] = await Promise.all([issued("one"), issued("other")]);
    expect(verifyPair(one.certificate, describeKey(one.key))).to.equal(true);
    expect(verifyPair(one.certificate, describeKey(other.key))).to.equal(false);
  });

  it("only the CA that signed is the issuer", async () => {
    const ca = await authority("ca");
    const leaf = await issued("leaf", by(ca));
    expect(issuerFault(leaf.certificate, ca.certificate)).to.equal(undefined);
    expect(issuerFault(ca.certificate, ca.certificate)).to.equal(undefined);
    expect(issuerFault(leaf.certificate, (await authority("other")).certificate)).to.equal("issued by CN=ca");
    expect(issuerFault(leaf.certificate, (await authority("ca")).certificate)).to.equal(
      "issued by another CA with the name CN=ca",
    );
  });

  it("the signature is checked, not only the names in the certificate", async () => {
    const ca = await authority("ca");
    const leaf = await issued("leaf", by(ca));
    const der = Buffer.from(leaf.pem.replace(/-----.*-----/g, ""), "base64");
    der[der.length - 1] = der[der.length - 1]! ^ 1;
    const forged = inspect(`-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----`);
    expect(issuerFault(forged, ca.certificate)).to.equal("not signed by CN=ca");
  });

  it("a leaf is only its own issuer, even if it signed others", async () => {
    const leaf = await issued("leaf");
    const pretending = { ...leaf, certificate: { ...leaf.certificate, isCa: true } };
    const child = await issued("child", by(pretending));
    expect(issuerFault(child.certificate, leaf.certificate)).to.equal("not signed by CN=leaf");
    expect(issuerFault(leaf.certificate, leaf.certificate)).to.equal(undefined);
  });

  it("a CA issued again with its old key is still the issuer", async () => {
    const ca = await authority("ca");
    const leaf = await issued("leaf", by(ca));
    const anew = await authority("ca", { key: ca.key });
    expect(issuerFault(leaf.certificate, anew.certificate)).to.equal(undefined);
  });
});
