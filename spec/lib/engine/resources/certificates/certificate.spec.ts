import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { certificate } from "kubeplay";
import { inspect, inspectAll } from "#engine/pki/inspect.ts";
import { authority, by, issued } from "../../pki/issued.ts";
import { openssl } from "../../pki/openssl.ts";
import { temporaryFolder } from "../../temporary.ts";
import { subject } from "../one-resource.ts";
import { failureOf, keep, keepAll } from "../on-controller.ts";

type Props = Parameters<typeof certificate>[1];

const day = 24 * 3600 * 1000;
const ago = (days: number): Date => new Date(Date.now() - days * day);

describe("the resource certificate", () => {
  const folder = temporaryFolder();
  let ca = "";
  let leaf = "";
  let count = 0;

  const ofCa = (change: Partial<Props> = {}) =>
    certificate("CA", { path: ca, profile: "ca", commonName: "lab-ca", ...change });
  const ofLeaf = (change: Partial<Props> = {}) =>
    certificate("leaf", {
      path: leaf,
      profile: "server",
      commonName: "api",
      organizations: ["one", "two"],
      dns: ["api.example", "localhost"],
      ips: ["10.0.0.1", "::1"],
      ca,
      ...change,
    });
  const keyOf = (crt: string): string => crt.replace(/crt$/, "key");
  const text = (file: string): string => readFileSync(file, "utf8");
  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  beforeEach(async () => {
    const own = path.join(folder, String(++count));
    ca = path.join(own, "ca.crt");
    leaf = path.join(own, "hosts", "api.crt");
    await keepAll([ofCa(), ofLeaf()]);
  });

  it("is removed with its key, once, and its CA stays; a CA is not removed", async () => {
    const absent = ofLeaf({ state: "absent" });
    expect((await keep(absent)).reasons).to.deep.equal(["certificate: present → absent", "key: present → absent"]);
    expect([leaf, keyOf(leaf), ca, keyOf(ca)].map((file) => existsSync(file))).to.deep.equal([
      false,
      false,
      true,
      true,
    ]);
    expect((await keep(absent)).outcome).to.equal("ok");
    const both = await keepAll([ofLeaf(), absent, ofLeaf()], true);
    expect(
      both.map(({ outcome }) => outcome),
      "predicted together",
    ).to.deep.equal(["changed", "changed", "changed"]);
    expect(() => subject(ofCa({ state: "absent" }))).to.throw("a task does not remove a CA");
  });

  it("is issued by its CA, with a key beside it that only its owner may read", async () => {
    rmSync(leaf);
    rmSync(keyOf(leaf));
    expect(await keep(ofLeaf())).to.deep.include({
      outcome: "changed",
      reasons: ["certificate: absent → CN=api, O=one, O=two"],
    });
    expect([modeOf(leaf), modeOf(keyOf(leaf)), modeOf(path.dirname(leaf))]).to.deep.equal([0o644, 0o600, 0o700]);
    expect(openssl(["verify", "-x509_strict", "-CAfile", ca, leaf])).to.contain("OK");
    expect(openssl(["x509", "-noout", "-pubkey", "-in", leaf])).to.equal(
      openssl(["pkey", "-pubout", "-in", keyOf(leaf)]),
    );
  });

  it("is never issued again if only the order and spelling of names and addresses change", async () => {
    const before = [ca, keyOf(ca), leaf, keyOf(leaf)].map(text);
    const same = {
      dns: ["LOCALHOST", "api.example", "localhost"],
      ips: ["0:0:0:0:0:0:0:1", "10.0.0.1"],
      organizations: ["two", "one"],
    };
    for (const task of [ofCa(), ofLeaf(), ofLeaf(same), ofCa({ days: 100, renewBeforeDays: 10 })])
      expect(await keep(task)).to.deep.equal({ outcome: "ok", reasons: [], warnings: [] });
    expect([ca, keyOf(ca), leaf, keyOf(leaf)].map(text)).to.deep.equal(before);
  });

  const reasons: Record<string, [Partial<Props>, string]> = {
    "another common name": [{ commonName: "other" }, "common name: api → other"],
    "another organization": [{ organizations: ["one"] }, "organizations: one, two → one"],
    "one more DNS name": [
      { dns: ["api.example", "localhost", "new.example"] },
      "DNS names: api.example, localhost → api.example, localhost, new.example",
    ],
    "one DNS name less": [{ dns: [] }, "DNS names: api.example, localhost → none"],
    "another address": [{ ips: ["10.0.0.2", "::1"] }, "IP addresses: 10.0.0.1, ::1 → 10.0.0.2, ::1"],
    "another algorithm": [{ algorithm: "ecdsa-p384" }, "algorithm: ecdsa-p256 → ecdsa-p384"],
    "another profile": [
      { profile: "peer" },
      "usages: digital signature, server auth → client auth, digital signature, server auth",
    ],
  };
  for (const [name, [change, reason]] of Object.entries(reasons))
    it(`is issued again, with a new key, for ${name}`, async () => {
      const key = text(keyOf(leaf));
      expect(await keep(ofLeaf(change))).to.deep.include({ outcome: "changed", reasons: [reason] });
      expect(text(keyOf(leaf))).not.to.equal(key);
      expect((await keep(ofLeaf(change))).outcome).to.equal("ok");
    });

  it("is issued again before it expires, but not if the end of its CA limits the new one", async () => {
    const authorityThere = await authority("lab-ca", { days: 200, now: ago(100) });
    writeFileSync(ca, authorityThere.pem);
    writeFileSync(keyOf(ca), authorityThere.keyPem);
    const save = async (days: number): Promise<void> => {
      const { dns, ips } = { dns: ["api.example", "localhost"], ips: ["10.0.0.1", "::1"] };
      const made = await issued("api", {
        profile: "server",
        organizations: ["one", "two"],
        dns,
        ips,
        days,
        ...by(authorityThere),
      });
      writeFileSync(leaf, made.pem);
      writeFileSync(keyOf(leaf), made.keyPem);
    };
    await save(91);
    expect((await keep(ofLeaf())).outcome).to.equal("ok");
    await save(89);
    expect((await keep(ofLeaf())).reasons).to.deep.equal(["days left: 88 → 99"]);
    expect(inspect(text(leaf)).notAfter).to.deep.equal(authorityThere.certificate.notAfter);
    expect((await keep(ofLeaf({ renewBeforeDays: 150 }))).outcome).to.equal("ok");
  });

  describe("that was issued by an earlier program", () => {
    const save = async (days: number, made: number): Promise<void> => {
      const there = await authority("lab-ca", { days: made + days + 5, now: ago(made) });
      writeFileSync(ca, there.pem);
      writeFileSync(keyOf(ca), there.keyPem);
      const own = { organizations: ["one", "two"], dns: ["api.example", "localhost"], ips: ["10.0.0.1", "::1"] };
      const old = await issued("api", {
        profile: "server",
        ...own,
        days: made + days,
        now: ago(made),
        ...by(there),
      });
      writeFileSync(leaf, old.pem);
      writeFileSync(keyOf(leaf), old.keyPem);
    };

    it("is renewed on request, with a new key, and once", async () => {
      await save(200, 1);
      const [crt, key] = [text(leaf), text(keyOf(leaf))];
      expect((await keep(ofLeaf())).outcome).to.equal("ok");
      const { outcome, reasons } = await keep(ofLeaf({ renew: true }));
      expect([outcome, ...reasons.map((reason) => reason.replace(/until .* →/, "until … →"))]).to.deep.equal([
        "changed",
        "renewal: valid until … → a new pair",
      ]);
      expect(text(leaf)).not.to.equal(crt);
      expect(text(keyOf(leaf))).not.to.equal(key);
      expect((await keep(ofLeaf({ renew: true }))).outcome).to.equal("ok");
    });

    it("is reported near its end if it is not issued again, with the reason", async () => {
      await save(20, 300);
      const warnings = async (change: Partial<Props>) => (await keep(ofLeaf(change))).warnings;
      expect((await warnings({ renewBeforeDays: 10 }))[0]).to.match(
        /api\.crt expires on \S+, in (19|20) days: it is renewed only with fewer than 10 days left/,
      );
      expect(await warnings({ renewBeforeDays: 10, warnBeforeDays: 10 })).to.deep.equal([]);
      await save(0.5, 300);
      rmSync(ca);
      rmSync(keyOf(ca));
      const ending = await authority("lab-ca", { days: 300.5, now: ago(300) });
      writeFileSync(ca, ending.pem);
      writeFileSync(keyOf(ca), ending.keyPem);
      await keep(ofLeaf());
      expect(inspect(text(leaf)).notAfter).to.deep.equal(ending.certificate.notAfter);
    });
  });

  it("is issued again if its CA is replaced, by one with another name or the same", async () => {
    for (const commonName of ["lab-ca", "other"]) {
      rmSync(ca);
      rmSync(keyOf(ca));
      await keep(ofCa({ commonName }));
      const [reason] = (await keep(ofLeaf())).reasons;
      expect(reason).to.match(
        commonName === "lab-ca"
          ? /^issuer: issued by another CA with the name/
          : /^issuer: issued by CN=lab-ca → CN=other/,
      );
      expect(openssl(["verify", "-CAfile", ca, leaf])).to.contain("OK");
    }
  });

  it("is issued again if it or its key is damaged or empty, or the two do not belong together", async () => {
    const other = await issued("other");
    const broken: [() => void, string][] = [
      [() => writeFileSync(leaf, ""), "certificate: unreadable (the file is empty) → CN=api, O=one, O=two"],
      [
        () => writeFileSync(leaf, "rubbish"),
        "certificate: unreadable (not a certificate in PEM) → CN=api, O=one, O=two",
      ],
      [() => writeFileSync(keyOf(leaf), ""), "key: unreadable (the file is empty) → a new pair"],
      [() => writeFileSync(keyOf(leaf), "rubbish"), "key: unreadable (not a private key in PEM) → a new pair"],
      [() => rmSync(keyOf(leaf)), "key: absent → a new pair"],
      [() => writeFileSync(keyOf(leaf), other.keyPem), "key: does not belong to the certificate → a new pair"],
    ];
    for (const [damage, reason] of broken) {
      damage();
      chmodSync(path.dirname(leaf), 0o700);
      expect((await keep(ofLeaf())).reasons).to.deep.equal([reason]);
      expect((await keep(ofLeaf())).outcome).to.equal("ok");
    }
  });

  it("gets the mode of its key corrected without being issued again", async () => {
    const before = text(leaf);
    chmodSync(keyOf(leaf), 0o644);
    expect((await keep(ofLeaf())).reasons).to.deep.equal(["mode of the key: 0644 → 0600"]);
    expect([text(leaf), modeOf(keyOf(leaf))]).to.deep.equal([before, 0o600]);
  });

  it("has the intermediate that issued it in its file; the intermediate's own file has no chain", async () => {
    const middle = path.join(folder, String(count), "middle.crt");
    await keep(certificate("intermediate", { path: middle, profile: "ca", commonName: "middle", ca }));
    expect((await keep(ofLeaf({ ca: middle }))).reasons).to.deep.equal(["issuer: issued by CN=lab-ca → CN=middle"]);
    expect(inspectAll(text(leaf)).map(({ commonName }) => commonName)).to.deep.equal(["api", "middle"]);
    expect(inspectAll(text(middle))).to.have.length(1);
    expect(openssl(["verify", "-x509_strict", "-CAfile", ca, "-untrusted", leaf, leaf])).to.contain("OK");
    expect((await keep(ofLeaf({ ca: middle }))).outcome).to.equal("ok");
    writeFileSync(leaf, inspect(text(leaf)).pem);
    expect((await keep(ofLeaf({ ca: middle }))).reasons).to.deep.equal(["chain:  → CN=middle"]);
  });

  it("is self-signed without a CA, once", async () => {
    const alone = certificate("alone", {
      path: `${leaf}.own.crt`,
      profile: "server",
      commonName: "alone",
      dns: ["alone"],
    });
    expect((await keep(alone)).outcome).to.equal("changed");
    expect((await keep(alone)).outcome).to.equal("ok");
    expect(openssl(["verify", "-CAfile", `${leaf}.own.crt`, `${leaf}.own.crt`])).to.contain("OK");
    expect((await keep(ofLeaf({ path: `${leaf}.own.crt`, commonName: "alone" }))).reasons).to.include(
      "issuer: issued by CN=alone → CN=lab-ca",
    );
  });

  it("requires a CA that can sign only if it must be issued", async () => {
    renameSync(keyOf(ca), `${ca}.away`);
    expect((await keep(ofLeaf())).outcome).to.equal("ok");
    const wants = ofLeaf({ commonName: "other" });
    expect(await failureOf(keep(wants))).to.contain(`its CA, ${ca}, has no usable key: the key is absent`);
    writeFileSync(keyOf(ca), (await issued("x")).keyPem);
    expect(await failureOf(keep(wants))).to.contain("and its key do not belong together");
    writeFileSync(ca, "rubbish");
    expect(await failureOf(keep(wants))).to.contain("is unreadable (not a certificate in PEM)");
    expect(await failureOf(keep(ofLeaf({ ca: leaf, path: `${ca}.other.crt` })))).to.contain(
      "is not a CA's certificate",
    );
  });

  it("is refused before anything is made if a property is invalid", async () => {
    expect(await failureOf(keep(ofLeaf({ dns: ["not a name"] })))).to.contain('"not a name" is not a DNS name');
    expect(await failureOf(keep(ofLeaf({ ips: ["10.0.0"] })))).to.contain('"10.0.0" is not an IP address');
    expect(await failureOf(keep(ofLeaf({ days: 90 })))).to.contain("every run would issue it again");
  });

  it("makes all states of its two files unknown to later tasks", () => {
    expect(subject(ofLeaf()).effects).to.deep.equal({
      [`certificate file ${leaf}`]: "unknown",
      [`key file ${keyOf(leaf)}`]: "unknown",
      [`controller file ${leaf}`]: "unknown",
      [`controller file ${keyOf(leaf)}`]: "unknown",
    });
  });

  it("is known after apply if its CA will be made", async () => {
    rmSync(leaf);
    rmSync(ca);
    rmSync(keyOf(ca));
    const kept = await keepAll([ofCa(), ofLeaf(), ofLeaf()], true);
    expect(kept.map(({ outcome }) => outcome)).to.deep.equal(["changed", "changed", "changed"]);
    expect(kept[1]?.reasons).to.deep.equal(["known after apply: undefined → undefined"]);
  });
});
